import { EventEmitter } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import type Koa from 'koa'
import type { Admin } from '../admin/admin.js'
import type { Codec, ValueTypes } from '../codec/codec.js'
import { createCodec } from '../codec/create.js'
import type { Config } from '../config/config.js'
import { ConfigError } from '../config/config-error.js'
import { type ConfigInput, readConfig } from '../config/load.js'
import type { DriverDefinition } from '../drivers/definition.js'
import { builtInDrivers } from '../drivers/registry.js'
import { isScopesError, ScopesError } from '../errors/scopes-error.js'
import { dispatch } from '../http/mount.js'
import type { Server } from '../http/server.js'
import { type ScopedApplication, servedBy } from '../koa/application.js'
import type { Connection, ConnectOptions } from '../koa/connect.js'
import type { AnyDefinition, ApplicationDefinition } from '../koa/define-application.js'
import { scopesMiddleware } from '../koa/middleware.js'
import { scopesOf } from '../koa/served-application.js'
import type { ScopedMembers, ScopesShape } from '../koa/types.js'
import { Connections } from '../scopes/connections/connections.js'
import { InFlight } from '../scopes/in-flight.js'
import type { Scope } from '../scopes/scope.js'
import type { NamedCache } from '../storage/caches/cache.js'
import type { ObjectCache } from '../storage/caches/object-cache.js'
import type { Cancel, Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import { systemClock } from '../support/steady-clock.js'
import { assemble } from './assemble.js'
import { warnOfSteps } from './clock-steps.js'
import { type ContainerHealth, healthOf } from './container-health.js'
import { defaultLogger } from './default-logger.js'
import { unkeptEnds } from './end-handlers.js'
import { definitionsOf } from './load-definition.js'
import { ObjectCaches } from './object-caches.js'
import { closeCaches, openCaches } from './open-caches.js'
import { storageOf } from './scope-storage.js'
import { serve } from './serve.js'
import { shutDown } from './shut-down.js'
import { stopAtSignals } from './stop-signals.js'

/*
 * The container: `open-caches.ts` opens the caches, `load-definition.ts` imports the modules, `assemble.ts` joins each
 * application with its scopes. The class below serves them and closes everything in order.
 */

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

/** A definition, from which types are derived, or the name of an application. */
export type ApplicationRef<S extends ScopesShape> = ApplicationDefinition<S> | string

export interface ContainerEventMap {
  /** A live record or object was evicted because there was no room. */
  'cache:evicted': [{ readonly cache: string; readonly space: string; readonly id: string }]
}

/**
 * Opens every cache and sets up every application of a configuration, given as a path or as an object.
 * Throws ConfigError with all problems at once, MODULE_UNUSABLE, TYPESCRIPT_LOADER_MISSING, LOG_LEVEL_UNKNOWN, StorageError.
 */
export async function createContainer(
  source: string | ConfigInput,
  options: ContainerOptions = {},
): Promise<Container> {
  const { applications = {}, clock = systemClock, env = process.env, logger = defaultLogger() } = options
  const codec = codecOf(options.types)
  const drivers = new Map(builtInDrivers)
  for (const driver of options.drivers ?? []) drivers.set(driver.name, driver)
  const { config, refusal } = await readConfig(source, { drivers, env, applications: Object.keys(applications) })
  const definitions = await definitionsOf(config, applications)
  const unkept = [...unkeptEnds(config, definitions)]
  if (unkept.length > 0) throw refusal(unkept)
  const events = new EventEmitter<ContainerEventMap>()
  const caches = await openCaches(config, {
    clock,
    log: logger,
    onEvicted: (evicted) => {
      logger.warn(evicted, 'a live record or object was evicted because there was no room')
      events.emit('cache:evicted', evicted)
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
      objectCaches,
      events,
      log: logger,
    })
  } catch (error) {
    await closeCaches(caches.values())
    throw error
  }
}

/** Throws ConfigError. The codec itself knows no configuration. */
function codecOf(types: ValueTypes | undefined): Codec {
  try {
    return createCodec(types)
  } catch (error) {
    if (isScopesError(error, 'CONFIG_INVALID')) throw new ConfigError('CONFIG_INVALID', error.details)
    throw error
  }
}

interface Surroundings {
  readonly clock: Clock
  readonly inFlight: InFlight
  readonly connections: Connections
  readonly objectCaches: ObjectCaches
  readonly events: EventEmitter<ContainerEventMap>
  readonly log: Logger
}

/** The applications of a configuration, with the caches that hold their scopes. */
export class Container {
  /** The checked configuration, with all defaults. */
  readonly config: Config
  readonly events: EventEmitter<ContainerEventMap>
  readonly #caches: ReadonlyMap<string, NamedCache>
  readonly #applications: ReadonlyMap<string, ScopedApplication>
  readonly #surroundings: Surroundings
  readonly #unwatchClock: Cancel
  #listening: Promise<Server> | undefined
  #admin: Admin | undefined
  #stopsAtSignals = false
  #closing: Promise<void> | undefined

  /** Use createContainer(). */
  constructor(
    config: Config,
    caches: ReadonlyMap<string, NamedCache>,
    applications: ReadonlyMap<string, ScopedApplication>,
    surroundings: Surroundings,
  ) {
    this.config = config
    this.events = surroundings.events
    this.#caches = caches
    this.#applications = applications
    this.#surroundings = surroundings
    this.#unwatchClock = warnOfSteps(surroundings.clock, surroundings.log)
    for (const scope of this.#scopes()) scope.start()
  }

  /**
   * Serves all applications on server.host and server.port, and the admin page if it is declared. Called again, it gives the same server. `signals: true`: SIGTERM,
   * SIGINT and SIGHUP close the container and end the process, a second one ends it at once; so does the end of the npm or
   * npx that started the process. Throws PORT_IN_USE.
   */
  async listen({ signals = false }: { readonly signals?: boolean } = {}): Promise<Server> {
    this.#listening ??= this.#listen().catch((error) => {
      this.#listening = undefined
      throw error
    })
    const server = await this.#listening
    if (signals) this.#stopAtSignals()
    return server
  }

  #stopAtSignals(): void {
    if (this.#stopsAtSignals) return
    this.#stopsAtSignals = true
    const { log } = this.#surroundings
    stopAtSignals({
      close: () => this.close(),
      say: (message) => log.info(message),
      fail: (error) => log.error({ err: error }, 'the container could not be closed'),
    })
  }

  async #listen(): Promise<Server> {
    this.#assertOpen('listen')
    const [config, caches, applications] = [this.config, this.#caches, this.#applications]
    const parts = { ...this.#surroundings, config, caches, applications, container: this }
    const { admin, server } = await serve(this.callback(), parts)
    this.#admin = admin
    return server
  }

  /** A request listener for your own server. It serves all applications by host and mount. */
  callback(): RequestListener {
    const mounted = [...this.#applications.values()].map((app) => {
      const { mount, host } = servedBy(app).config
      return { mount, serve: app.callback(), ...(host !== undefined && { host }) }
    })
    return dispatch(mounted, this.config.server)
  }

  /** The Koa app of an application. Throws APPLICATION_UNKNOWN. */
  application<S extends ScopesShape>(ref: ApplicationRef<S>): ScopedApplication<S> {
    return this.#find(ref) as unknown as ScopedApplication<S>
  }

  /**
   * Middleware that opens the scopes in your own Koa app and runs the application's handlers, but not its `setup`, which is
   * for the container's apps. Throws APPLICATION_UNKNOWN.
   */
  scopes<S extends ScopesShape>(ref: ApplicationRef<S>): Koa.Middleware<Koa.DefaultState, ScopedMembers<S>> {
    return scopesMiddleware(servedBy(this.#find(ref))) as unknown as Koa.Middleware<Koa.DefaultState, ScopedMembers<S>>
  }

  /**
   * Opens a live connection, such as a web socket or a stream of events, for the visitor who sent this request: see
   * `connect` of the application. Throws APPLICATION_UNKNOWN and what that throws.
   */
  async connect<S extends ScopesShape>(
    ref: ApplicationRef<S>,
    request: IncomingMessage,
    options?: ConnectOptions<S>,
  ): Promise<Connection<S>> {
    return this.application(ref).connect(request, options)
  }

  /** An object cache. Throws CACHE_UNKNOWN, CACHE_WITHOUT_OBJECTS. */
  cache(name: string): ObjectCache {
    return this.#surroundings.objectCaches.named(name)
  }

  health(): Promise<ContainerHealth> {
    const scopes = [...this.#applications].map(([name, app]) => [name, scopesOf(servedBy(app))] as const)
    return healthOf(this.#caches, new Map(scopes))
  }

  /**
   * Stops in order: accepts no new connections and no new requests, ends live connections, waits for running requests, end handlers and backups (at
   * most server.shutdown for each), ends the applications on this node, closes the caches, and last the admin page. Sessions and clients stay. With a
   * server of your own, requests that begin now get 503, and so do those that still run later and have something to save.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const server = this.#listening?.catch(() => undefined)
    const { shutdownMs } = this.config.server
    const applications = [...this.#applications.values()]
    const { clock, connections, inFlight, log } = this.#surroundings
    await shutDown({ applications, clock, connections, inFlight, log, scopes: this.#scopes(), server, shutdownMs })
    await closeCaches(this.#caches.values())
    await this.#admin?.close()
    this.#unwatchClock()
  }

  #scopes(): readonly Scope[] {
    return [...this.#applications.values()].flatMap((app) => scopesOf(servedBy(app)))
  }

  #find<S extends ScopesShape>(ref: ApplicationRef<S>): ScopedApplication {
    this.#assertOpen('serve')
    const found =
      typeof ref === 'string'
        ? this.#applications.get(ref)
        : [...this.#applications.values()].find((app) => servedBy(app).handlers === (ref as unknown))
    if (found) return found
    const name = typeof ref === 'string' ? ref : 'with this definition'
    throw new ScopesError('APPLICATION_UNKNOWN', { name, known: [...this.#applications.keys()] })
  }

  /** Whether `close()` was called. */
  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  #assertOpen(action: string): void {
    if (this.#closing) throw new ScopesError('CONTAINER_CLOSED', { action })
  }
}
