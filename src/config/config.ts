import type { DriverDefinition } from '../drivers/definition.js'
import type { ScopeSettings } from '../scopes/settings.js'

/** A configuration that has been checked: durations in milliseconds, paths absolute, defaults filled in, frozen. null means: no such limit. */
export interface Config {
  /** What to call it in messages: the file's name, or `config` for an object. */
  readonly source: string
  /** Where relative paths start: the folder of the file, or the working directory. */
  readonly directory: string
  readonly server: ServerConfig
  /** The built-in cache `memory` included, unless the file declares one of this name. */
  readonly caches: ReadonlyMap<string, CacheConfig>
  readonly applications: ReadonlyMap<string, ApplicationConfig>
}

export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** X-Forwarded-* headers are believed. */
  readonly proxy: boolean
  /** How long close() waits for running requests, and then for backups. */
  readonly shutdownMs: number
}

export interface CacheConfig {
  readonly name: string
  readonly driver: DriverDefinition
  /** As the driver's own schema parsed them. */
  readonly options: unknown
  /** It may hold scopes. */
  readonly storage: boolean
  /** Every call to the store ends within this time. */
  readonly deadlineMs: number
}

export interface ApplicationConfig {
  readonly name: string
  /** Absolute path of the module, for applications that are not given as definitions. */
  readonly module?: string
  /** `/` or a path without a trailing slash. */
  readonly mount: string
  readonly host?: string
  /** Path prefixes (within the mount) that open no scope. */
  readonly scopeless: readonly string[]
  readonly application: { readonly timeoutMs: number | null }
  readonly session?: ScopeConfig
  readonly client?: ScopeConfig
}

export interface ScopeConfig extends ScopeSettings {
  /** The driver must have locks. */
  readonly locks: boolean
  readonly cookie: CookieConfig
}

export interface CookieConfig {
  readonly name: string
  readonly path: string
  readonly domain?: string
  readonly sameSite: 'lax' | 'strict' | 'none'
  /** `auto`: when the request is secure. */
  readonly secure: 'auto' | boolean
  readonly httpOnly: boolean
  /** Max-Age follows the timeout; otherwise the cookie ends with the browser. */
  readonly persistent: boolean
  /** The name takes `__Host-` on secure requests. */
  readonly hostPrefix: boolean
}
