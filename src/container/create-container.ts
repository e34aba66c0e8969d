import { inspect } from 'node:util'
import type { ValueTypes } from '../codec/codec.js'
import type { Config } from '../config/config.js'
import { type ConfigInput, readConfig } from '../config/load.js'
import type { Drivers } from '../config/schema/cache.js'
import type { DriverDefinition } from '../drivers/definition.js'
import { faultOf } from '../drivers/fault.js'
import { builtInDrivers } from '../drivers/registry.js'
import { ScopesError } from '../errors/scopes-error.js'
import type { ScopedApplication } from '../koa/application.js'
import { Connections } from '../scopes/connections/connections.js'
import { InFlight } from '../scopes/in-flight.js'
import { callListener, reportingEmitter } from '../support/call-listener.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import { systemClock } from '../support/steady-clock.js'
import { assemble } from './assemble.js'
import { codecOf } from './codec-of.js'
import { Container, type ContainerEventMap, type Definitions } from './container.js'
import { declaredMetrics } from './container-metrics.js'
import { defaultLogger } from './default-logger.js'
import { unkeptEnds } from './end-handlers.js'
import { definitionsOf } from './load-definition.js'
import { ObjectCaches } from './object-caches.js'
import { closeCaches, openCaches } from './open-caches.js'
import { storageOf } from './scope-storage.js'
import { assertSupportedNode } from './supported-node.js'

export interface ContainerOptions<Given extends Definitions = Definitions> {
  /** Definitions by application name, in place of `module:`. They type the container's applications by name. */
  readonly applications?: Given
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
 * Throws NODE_TOO_OLD, ConfigError with all problems at once, MODULE_UNUSABLE, DRIVER_UNUSABLE, TYPESCRIPT_LOADER_MISSING,
 * LOG_LEVEL_UNKNOWN, StorageError.
 */
export const createContainer = <Given extends Definitions = Definitions>(
  source: string | ConfigInput,
  options: ContainerOptions<Given> = {},
): Promise<Container<Given>> => createAdapted(source, options, (config) => config)

/** As `createContainer`, with what `adapt` makes of the configuration after it was checked. */
export async function createAdapted<Given extends Definitions = Definitions>(
  source: string | ConfigInput,
  options: ContainerOptions<Given>,
  adapt: (config: Config) => Config,
): Promise<Container<Given>> {
  assertSupportedNode()
  const { applications = {} as Given, clock = systemClock, env = process.env, logger = defaultLogger() } = options
  const codec = codecOf(options.types)
  const drivers = withOthers(options.drivers)
  const read = await readConfig(source, { drivers, env, applications: Object.keys(applications) })
  const definitions = await definitionsOf(read.config, applications)
  const unkept = [...unkeptEnds(read.config, definitions)]
  if (unkept.length > 0) throw read.refusal(unkept)
  const config = adapt(read.config)
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
    return new Container<Given>(config, caches, assembled, {
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

/** The drivers of the package and these. Throws DRIVER_UNUSABLE. */
function withOthers(others: readonly DriverDefinition[] = []): Drivers {
  const drivers = new Map(builtInDrivers)
  for (const driver of others) {
    const fault = faultOf(driver)
    if (fault) throw new ScopesError('DRIVER_UNUSABLE', { driver: inspect(driver?.name), ...fault })
    drivers.set(driver.name, driver)
  }
  return drivers
}
