import type { EventEmitter } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import type Koa from 'koa'

import type { Admin } from '../admin/admin.js'
import type { MetricsPage } from '../admin/metrics/metrics.js'
import type { Config } from '../config/config.js'
import { ScopesError } from '../errors/scopes-error.js'
import { type Readiness, withHealth } from '../http/health-endpoint.js'
import { dispatch } from '../http/mount.js'
import type { Server } from '../http/server.js'
import { type ScopedApplication, servedBy } from '../koa/application.js'
import type { Connection, ConnectOptions } from '../koa/connect.js'
import type { AnyDefinition, ApplicationDefinition, ScopesOf } from '../koa/define-application.js'
import { scopesMiddleware } from '../koa/middleware.js'
import { scopesOf } from '../koa/served-application.js'
import type { ScopedMembers, ScopesShape } from '../koa/types.js'
import type { Connections } from '../scopes/connections/connections.js'
import type { InFlight } from '../scopes/in-flight.js'
import type { Scope } from '../scopes/scope.js'
import type { NamedCache } from '../storage/caches/cache.js'
import type { ObjectCache } from '../storage/caches/object-cache.js'
import type { Cancel, Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import { warnOfSteps } from './clock-steps.js'
import { type ContainerHealth, healthOf, readinessOf } from './container-health.js'
import { ContainerMetrics, type DeclaredMetrics } from './container-metrics.js'
import type { ObjectCaches } from './object-caches.js'
import { closeCaches } from './open-caches.js'
import { serve } from './serve.js'
import { drain, shutDown } from './shut-down.js'
import { stopAtSignals } from './stop-signals.js'

/*
 * The container: `create-container.ts` makes one. `open-caches.ts` opens the caches, `load-definition.ts` imports the modules,
 * `assemble.ts` joins each application with its scopes. The class below serves them and closes everything in order.
 */

/** A definition, from which types are derived, or the name of an application. */
export type ApplicationRef<S extends ScopesShape, Name extends string = string> = ApplicationDefinition<S> | Name

/** Definitions by the names of their applications. */
export type Definitions = Readonly<Record<string, AnyDefinition>>

type NameOf<Given extends Definitions> = keyof Given & string

export interface ContainerEventMap {
  /** A live record or object was evicted because there was no room. */
  'cache:evicted': [{ readonly cache: string; readonly space: string; readonly id: string }]
}

type ScopesMiddleware<S extends ScopesShape> = Koa.Middleware<Koa.DefaultState, ScopedMembers<S>>

/** What a container gets besides its applications and caches. */
export interface Surroundings {
  readonly clock: Clock
  readonly inFlight: InFlight
  readonly connections: Connections
  readonly metrics: DeclaredMetrics | undefined
  readonly objectCaches: ObjectCaches
  readonly events: EventEmitter<ContainerEventMap>
  readonly log: Logger
}

/**
 * The applications of a configuration, with the caches that hold their scopes. `Given`: the definitions given to
 * createContainer(), which type their applications by name; without any, every name is accepted.
 */
export class Container<Given extends Definitions = Definitions> {
  /** The checked configuration, with all defaults. */
  readonly config: Config
  readonly events: EventEmitter<ContainerEventMap>
  readonly #caches: ReadonlyMap<string, NamedCache>
  readonly #applications: ReadonlyMap<string, ScopedApplication>
  readonly #surroundings: Surroundings
  readonly #metrics: ContainerMetrics
  readonly #unwatchClock: Cancel
  #listening: Promise<Server> | undefined
  #admin: Admin | undefined
  #stopsAtSignals = false
  /** Whether requests may come, so that load balancers ask for its readiness. */
  #serves = false
  #closing: Promise<void> | undefined
  #isClosed = false

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
    const scopes = this.#scopes()
    this.#metrics = new ContainerMetrics(surroundings.metrics, { ...surroundings, caches: caches.values(), scopes })
    for (const scope of scopes) scope.upkeep?.start()
  }

  /**
   * Serves all applications on server.host and server.port, and the admin page if it is declared. Called again, it gives the same server. `signals: true`: SIGTERM,
   * SIGINT and SIGHUP close the container and end the process, a second one ends it at once; so does the end of the npm or
   * npx that started the process. Throws PORT_IN_USE, LISTEN_FAILED.
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
    if (this.#closing) throw new ScopesError('CONTAINER_CLOSED', { action: 'listen' })
    const [config, caches, applications] = [this.config, this.#caches, this.#applications]
    const metrics = config.metrics && this.metrics()
    const parts = { ...this.#surroundings, config, caches, applications, container: this, metrics }
    const { admin, server } = await serve(this.callback(), parts)
    this.#admin = admin
    return server
  }

  /** A request listener for your own server. It serves all applications by host and mount, `server.health` and the path of the metrics. */
  callback(): RequestListener {
    this.#serves = true
    const mounted = [...this.#applications.values()].map((app) => {
      const { mount, host } = servedBy(app).config
      return { mount, serve: app.callback(), ...(host !== undefined && { host }) }
    })
    const served = this.#metrics.beside(dispatch(mounted, this.config.server))
    return withHealth(this.config.server.health, () => this.readiness, served)
  }

  /** The Koa app of an application. Throws APPLICATION_UNKNOWN. */
  application<Name extends NameOf<Given>>(name: Name): ScopedApplication<ScopesOf<Given[Name]>>
  /** The same by a definition. */
  application<S extends ScopesShape>(ref: ApplicationRef<S, NameOf<Given>>): ScopedApplication<S>
  application<S extends ScopesShape>(ref: ApplicationRef<S>): ScopedApplication<S> {
    return this.#find(ref) as unknown as ScopedApplication<S>
  }

  /**
   * Middleware that opens the scopes in your own Koa app and runs the application's handlers, but not its `setup`, which is
   * for the container's apps. Types reach the middleware of other calls of `use` by `koa-scopes/augment`. Throws APPLICATION_UNKNOWN.
   */
  scopes<Name extends NameOf<Given>>(name: Name): ScopesMiddleware<ScopesOf<Given[Name]>>
  /** The same by a definition. */
  scopes<S extends ScopesShape>(ref: ApplicationRef<S, NameOf<Given>>): ScopesMiddleware<S>
  scopes<S extends ScopesShape>(ref: ApplicationRef<S>): ScopesMiddleware<S> {
    this.#serves = true
    return scopesMiddleware(servedBy(this.#find(ref))) as unknown as ScopesMiddleware<S>
  }

  /**
   * Opens a live connection, such as a web socket or a stream of events, for the visitor who sent this request: see
   * `connect` of the application. Throws APPLICATION_UNKNOWN and what that throws.
   */
  connect<Name extends NameOf<Given>>(
    name: Name,
    request: IncomingMessage,
    options?: ConnectOptions<ScopesOf<Given[Name]>>,
  ): Promise<Connection<ScopesOf<Given[Name]>>>
  /** The same by a definition. */
  connect<S extends ScopesShape>(
    ref: ApplicationRef<S, NameOf<Given>>,
    request: IncomingMessage,
    options?: ConnectOptions<S>,
  ): Promise<Connection<S>>
  async connect<S extends ScopesShape>(
    ref: ApplicationRef<S>,
    request: IncomingMessage,
    options?: ConnectOptions<S>,
  ): Promise<Connection<S>> {
    return (this.#find(ref) as unknown as ScopedApplication<S>).connect(request, options)
  }

  /** An object cache. Throws CACHE_UNKNOWN, CACHE_WITHOUT_OBJECTS. */
  cache(name: string): ObjectCache {
    return this.#surroundings.objectCaches.named(name)
  }

  /** What was counted since the start, for a route of your own. Throws METRICS_NOT_DECLARED. */
  metrics(): MetricsPage {
    return this.#metrics.page
  }

  /** Whether this node should get requests, for a health check of your own. It asks no store. */
  get readiness(): Readiness {
    return readinessOf(this.#caches.values(), this.#closing !== undefined)
  }

  health(): Promise<ContainerHealth> {
    const scopes = [...this.#applications].map(([name, app]) => [name, scopesOf(servedBy(app))] as const)
    return healthOf(this.#caches, new Map(scopes))
  }

  /**
   * Stops in order: goes on serving for server.drain while it is not ready, then accepts no new connections and no new
   * requests, ends live connections, waits for running requests, end handlers and backups (at most server.shutdown for each), ends
   * the applications on this node, closes the caches, and last the admin page. Sessions and clients stay. With a
   * server of your own, requests that begin now get 503, and so do those that still run later and have something to save.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const server = this.#listening?.catch(() => undefined)
    const { drainMs, shutdownMs } = this.config.server
    const applications = [...this.#applications.values()]
    const { clock, connections, inFlight, log } = this.#surroundings
    // Without a wait everything is refused from this call on.
    if (this.#serves && drainMs > 0) await drain({ clock, drainMs, server })
    this.#isClosed = true
    await shutDown({ applications, clock, connections, inFlight, log, scopes: this.#scopes(), server, shutdownMs })
    await closeCaches(this.#caches.values())
    await this.#admin?.close()
    this.#unwatchClock()
    this.#metrics.close()
  }

  #scopes(): readonly Scope[] {
    return [...this.#applications.values()].flatMap((app) => scopesOf(servedBy(app)))
  }

  #find<S extends ScopesShape>(ref: ApplicationRef<S>): ScopedApplication {
    if (this.#isClosed) throw new ScopesError('CONTAINER_CLOSED', { action: 'serve' })
    const found =
      typeof ref === 'string'
        ? this.#applications.get(ref)
        : [...this.#applications.values()].find((app) => servedBy(app).handlers === (ref as unknown))
    if (found) return found
    const name = typeof ref === 'string' ? ref : 'with this definition'
    throw new ScopesError('APPLICATION_UNKNOWN', { name, known: [...this.#applications.keys()] })
  }
}
