import type { ValueTypes } from '../codec/codec.js'
import { type ConfigInput, readConfig } from '../config/load.js'
import type { DriverDefinition } from '../drivers/definition.js'
import { builtInDrivers } from '../drivers/registry.js'
import type { ScopedApplication } from '../koa/application.js'
import type { AnyDefinition } from '../koa/define-application.js'
import { Connections } from '../scopes/connections/connections.js'
import { InFlight } from '../scopes/in-flight.js'
import { callListener, reportingEmitter } from '../support/call-listener.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import { systemClock } from '../support/steady-clock.js'
import { assemble } from './assemble.js'
import { codecOf } from './codec-of.js'
import { Container, type ContainerEventMap } from './container.js'
import { declaredMetrics } from './container-metrics.js'
import { defaultLogger } from './default-logger.js'
import { unkeptEnds } from './end-handlers.js'
import { definitionsOf } from './load-definition.js'
import { ObjectCaches } from './object-caches.js'
import { closeCaches, openCaches } from './open-caches.js'
import { storageOf } from './scope-storage.js'
import { assertSupportedNode } from './supported-node.js'

export interface ContainerOptions {
  /** Definitions by application name, in place of `module:`. */
  readonly applications?: Readonly<Record<string, AnyDefinition>>
  /** Further drivers besides those that come with the package. */
  readonly drivers?: readonly DriverDefinition[]
  /** Classes and custom types that values may hold. */
  readonly types?: ValueTypes
  /** Default: pino, JSON lines on standard output without secrets, from the level on that the variable LOG_LEVEL names. */
  readonly logger?: Logger
  /** The variables that `${NAME}` in the configuration refers to. Default: process.env. */
  readonly env?: NodeJS.ProcessEnv
  readonly clock?: Clock
}

/**
 * Opens every cache and sets up every application of a configuration, given as a path or as an object.
 * Throws NODE_TOO_OLD, ConfigError with all problems at once, MODULE_UNUSABLE, TYPESCRIPT_LOADER_MISSING, LOG_LEVEL_UNKNOWN, StorageError.
 */
export async function createContainer(
  source: string | ConfigInput,
  options: ContainerOptions = {},
): Promise<Container> {
  assertSupportedNode()
  const { applications = {}, clock = systemClock, env = process.env, logger = defaultLogger() } = options
  const codec = codecOf(options.types)
  const drivers = new Map(builtInDrivers)
  for (const driver of options.drivers ?? []) drivers.set(driver.name, driver)
  const { config, refusal } = await readConfig(source, { drivers, env, applications: Object.keys(applications) })
  const definitions = await definitionsOf(config, applications)
  const unkept = [...unkeptEnds(config, definitions)]
  if (unkept.length > 0) throw refusal(unkept)
  const metrics = await declaredMetrics(config.metrics)
  const report = (error: unknown) => logger.error({ err: error }, 'a listener of an event failed')
  const events = reportingEmitter<ContainerEventMap>(report)
  const caches = await openCaches(config, {
    clock,
    log: logger,
    onEvicted: (evicted) => {
      logger.warn(evicted, 'a live record or object was evicted because there was no room')
      callListener(() => events.emit('cache:evicted', evicted), report)
    },
  })
  try {
    const inFlight = new InFlight()
    const connections = new Connections()
    const objectCaches = new ObjectCaches(caches, codec, clock)
    const assembled = new Map<string, ScopedApplication>()
    for (const application of config.applications.values()) {
      const parts = {
        config: application,
        definition: definitions.get(application.name) ?? {},
        storageOf: storageOf(config, caches, clock),
        cache: (name: string) => objectCaches.named(name),
        codec,
        clock,
        log: logger.child({ application: application.name }),
        inFlight,
        connections,
        proxy: config.server.proxy,
      }
      assembled.set(application.name, await assemble(parts))
    }
    return new Container(config, caches, assembled, {
      clock,
      connections,
      inFlight,
      metrics,
      objectCaches,
      events,
      log: logger,
    })
  } catch (error) {
    await closeCaches(caches.values())
    throw error
  }
}
