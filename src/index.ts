export type { CustomType, ValueTypes } from './codec/codec.js'
export type { Config } from './config/config.js'
export { ConfigError } from './config/config-error.js'
export type { ConfigInput } from './config/load.js'
export {
  type ApplicationRef,
  type Container,
  type ContainerEventMap,
  type ContainerHealth,
  type ContainerOptions,
  createContainer,
} from './container.js'
export { type DriverDefinition, type DriverEnvironment, defineDriver } from './drivers/definition.js'
export type { ScopedApplication } from './http/application.js'
export { type ApplicationDefinition, defineApplication } from './http/define-application.js'
export type { EventHandlers, EventName } from './http/handlers.js'
export type { Server } from './http/server.js'
export type { ClientKeys, ScopedContext, ScopedMembers, ScopesShape, SessionKeys } from './http/types.js'
export type { Directory, RecordInfo } from './scopes/directory.js'
export type { EndReason, ScopeEventMap } from './scopes/events.js'
export type { LockOptions, ScopeHandle } from './scopes/handle.js'
export type * from './storage/contract.js'
export { StorageError } from './storage/errors.js'
export type { ObjectCache } from './storage/object-cache.js'
export * from './storage/record.js'
export { type Clock, systemClock } from './support/clock.js'
export type { Duration, Timeout } from './support/duration.js'
export type { ConfigProblem, ErrorCode } from './support/error-table.js'
export { isScopesError, ScopesError } from './support/errors.js'
export { type Logger, silentLogger } from './support/logger.js'
