import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApplicationConfig, Config } from '../config/config.js'
import type { ScopeEventMap } from '../scopes/events.js'
import type { Directory } from '../scopes/request/directory.js'
import type { ScopeKind } from '../scopes/settings.js'
import type { CacheHealth } from '../storage/caches/cache.js'
import type { ObjectCache } from '../storage/caches/object-cache.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'

/** An application on this node, as far as an operator sees it. */
export interface OperatedApplication {
  readonly config: ApplicationConfig
  readonly events: EventEmitter<ScopeEventMap>
  /** Whether it is started on this node. */
  readonly isStarted: () => boolean
  readonly stop: () => Promise<void>
  /** The directories of its declared scopes. */
  readonly directories: ReadonlyMap<ScopeKind, Directory<unknown>>
}

/** The health of a scope on this node. */
interface OperatedScope {
  readonly storage: string
  readonly unsaved: number
  readonly refused: number
  readonly unknown: number
}

export interface NodeHealth {
  readonly status: 'ok' | 'degraded'
  readonly caches: Readonly<Record<string, CacheHealth>>
  readonly applications: Readonly<Record<string, Readonly<Partial<Record<ScopeKind, OperatedScope>>>>>
}

/** A route besides the pages, such as one for a monitoring system. */
export interface ExtraRoute {
  /** `open`: for everyone who reaches the port. `token`: only for operators, as the pages. */
  readonly access: 'open' | 'token'
  /** False if it does not answer this request, which is then answered with 404. */
  readonly serve: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** What the container hands to the admin page. */
export interface Operated {
  readonly config: Config
  readonly applications: ReadonlyMap<string, OperatedApplication>
  readonly health: () => Promise<NodeHealth>
  /** The object cache of this name; undefined if the cache holds no objects. */
  readonly objects: (name: string) => ObjectCache | undefined
  /** Whether the container is shutting down. */
  readonly isClosing: () => boolean
  /** Further routes by their paths. */
  readonly extra: ReadonlyMap<string, ExtraRoute>
  readonly clock: Clock
  readonly log: Logger
}
