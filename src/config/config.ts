import type { CacheDefinition } from '../drivers/definition.js'
import type { ScopeSettings } from '../scopes/settings.js'
import type { Encryption } from '../storage/sealing/value-sealer.js'

/** A checked configuration: durations in milliseconds, absolute paths, defaults filled in, frozen. null means no limit. */
export interface Config {
  /** Its name in messages: the file's name, or `config` for an object. */
  readonly source: string
  /** The start of relative paths: the folder of the file, or the working directory for an object. */
  readonly directory: string
  readonly server: ServerConfig
  /** Absent: nothing is counted. */
  readonly metrics?: MetricsConfig
  /** The page for operators; absent if it is off. */
  readonly admin?: AdminConfig
  /** All caches by name, with the built-in `memory` unless the file declares its own. */
  readonly caches: ReadonlyMap<string, CacheConfig>
  readonly applications: ReadonlyMap<string, ApplicationConfig>
}

export interface ServerConfig {
  readonly host: string
  /** A port, the absolute path of a Unix socket, the path of a named pipe, or `fd:` and the number of an inherited descriptor. */
  readonly port: number | string
  /** The mode of the Unix socket; absent: as the umask leaves it. */
  readonly socketMode?: number
  /** X-Forwarded-* headers are trusted. */
  readonly proxy: boolean
  /** The path of the answers about readiness and liveness; absent: there are none. */
  readonly health?: string
  /** How long a connection without a request stays open. */
  readonly keepAliveTimeoutMs: number
  readonly headersTimeoutMs: number | null
  readonly requestTimeoutMs: number | null
  /** Which deployment this is; absent if it is not said. */
  readonly environment?: string
  /** How long close() goes on serving before it begins to stop. */
  readonly drainMs: number
  /** How long close() waits at most for running requests, and then as long for backups. */
  readonly shutdownMs: number
}

export interface MetricsConfig {
  /** Where the server shows them; absent: nowhere. */
  readonly path?: string
  /** Whether those of the process are among them. */
  readonly process: boolean
  /** How often the records are counted at most; null: never. */
  readonly recordsMs: number | null
}

export interface AdminConfig {
  readonly host: string
  readonly port: number
  /** Absent: made up at each start. */
  readonly token?: string
  /** Further host names under which it may be asked, in lower case. */
  readonly hosts: readonly string[]
}

export interface CacheConfig {
  readonly name: string
  readonly driver: CacheDefinition
  /** The driver's options, as its own schema parsed them. */
  readonly options: unknown
  /** Whether it may hold scopes. */
  readonly storage: boolean
  /** Every call to the store ends within this time. */
  readonly deadlineMs: number
  /** Absent: values are stored as they are. */
  readonly encrypt?: Encryption
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
  /** Whether the driver must have locks. */
  readonly locks: boolean
  /** The handlers cope where another node has a transient attribute. */
  readonly copesWithoutTransient: boolean
  /** At least one. The first answers requests that use none of them. */
  readonly carriers: readonly [CarrierConfig, ...CarrierConfig[]]
  /** Sealed records: the application knows that its end handler runs at `invalidate()` only. */
  readonly endEvents?: 'explicit'
  readonly cookie: CookieConfig
}

/** A way in which a visitor shows a credential. `name`: of a header, in lower case. */
export type CarrierConfig = { readonly kind: 'cookie' } | { readonly kind: 'header'; readonly name: string }

export interface CookieConfig {
  readonly name: string
  readonly path: string
  readonly domain?: string
  readonly sameSite: 'lax' | 'strict' | 'none'
  /** `auto`: true if the request is secure. */
  readonly secure: 'auto' | boolean
  readonly httpOnly: boolean
  /** true: Max-Age follows the timeout. false: the cookie ends with the browser session. */
  readonly persistent: boolean
  /** Whether the name begins with `__Host-` on secure requests. */
  readonly hostPrefix: boolean
  /** Whether each site that embeds this one has a cookie of its own, on secure requests. */
  readonly partitioned: boolean
  readonly priority?: 'low' | 'medium' | 'high'
  /** The name of this node for load balancers: the end of the cookie's value. */
  readonly route?: string
}
