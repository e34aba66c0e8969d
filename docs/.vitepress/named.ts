/*
 * Types that exported ones name, that the package does not export itself, and that readers of the reference look for: it shows
 * them as a module of their own.
 */
export type {
  AdminConfig,
  ApplicationConfig,
  CacheConfig,
  CarrierConfig,
  CookieConfig,
  MetricsConfig,
  ScopeConfig,
  ServerConfig,
} from '../../src/config/config.js'
export type { OperationChannel } from '../../src/diagnostics/channels.js'
export type { Details } from '../../src/errors/error-table.js'
export type { HeaderPair } from '../../src/http/header-pairs.js'
export type { OpenedConnection } from '../../src/http/opened-connection.js'
export type { SocketLibrary, SocketServer } from '../../src/http/sockets/library.js'
export type { UpgradingServer } from '../../src/http/upgrades.js'
export type { AnyDefinition } from '../../src/koa/define-application.js'
export type { ApplicationData, ClientData, SessionData } from '../../src/koa/types.js'
export type { CacheHealth } from '../../src/storage/caches/cache.js'
export type { Encryption } from '../../src/storage/sealing/value-sealer.js'
export type { StorageErrorCode } from '../../src/storage/storage-error.js'
export type { ByteSize } from '../../src/support/byte-size.js'
export type { Cancel } from '../../src/support/clock.js'
export type { LogMethod } from '../../src/support/logger.js'
