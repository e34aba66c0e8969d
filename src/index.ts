export { z } from 'zod'
export type { MetricsPage } from './admin/metrics/metrics.js'
export type { CustomType, ValueTypes } from './codec/codec.js'
export type { Config } from './config/config.js'
export { ConfigError } from './config/config-error.js'
export type { ConfigInput } from './config/load.js'
export type { ApplicationRef, Container, ContainerEventMap, Definitions } from './container/container.js'
export type { ContainerHealth, ScopeHealth } from './container/container-health.js'
export { type ContainerOptions, createContainer } from './container/create-container.js'
export {
  type Channels,
  type Commit,
  channels,
  type End,
  type Load,
  type Messages,
  type Operation,
  type OutageChange,
  type StoreCall,
} from './diagnostics/channels.js'
export { type DriverDefinition, type DriverEnvironment, defineDriver } from './drivers/definition.js'
export type { ConfigProblem, ErrorCode } from './errors/error-table.js'
export { asDuration, asTimeout } from './errors/parse-duration.js'
export { isScopesError, ScopesError } from './errors/scopes-error.js'
export type { Readiness } from './http/health-endpoint.js'
export type { Server } from './http/server.js'
export type { ScopedApplication, SetupContext } from './koa/application.js'
export type { Connection, ConnectOptions } from './koa/connect.js'
export { type CsrfOptions, csrf } from './koa/csrf.js'
export { type ApplicationDefinition, defineApplication, type ScopesOf } from './koa/define-application.js'
export type { EventHandlers, EventName } from './koa/handlers.js'
export type { ClientKeys, ScopedContext, ScopedMembers, ScopesShape, SessionKeys } from './koa/types.js'
export type { ConnectionEnd } from './scopes/connections/live-connection.js'
export type { EndReason, ScopeEventMap } from './scopes/events.js'
export type { Description } from './scopes/request/description.js'
export type {
  BegunRecord,
  Directory,
  FoundRecord,
  ListOptions,
  RecordInfo,
  ShownRecord,
} from './scopes/request/directory.js'
export type { LockOptions, ScopeHandle } from './scopes/request/handle.js'
export type { LoginOptions } from './scopes/request/login.js'
export type { ShownAttribute } from './scopes/request/shown-record.js'
export type { ObjectCache } from './storage/caches/object-cache.js'
export type * from './storage/contract.js'
export * from './storage/record.js'
export { spaceOnTable } from './storage/space-on-table.js'
export * as steps from './storage/steps.js'
export { StorageError } from './storage/storage-error.js'
export type * from './storage/table.js'
export type { ByteSize } from './support/byte-size.js'
export type { Clock } from './support/clock.js'
export type { Duration, Timeout } from './support/duration.js'
export { type Logger, silentLogger } from './support/logger.js'
export { systemClock } from './support/steady-clock.js'
