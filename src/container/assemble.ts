import type { Codec } from '../codec/codec.js'
import type { ApplicationConfig, CarrierConfig, ScopeConfig } from '../config/config.js'
import { Caching } from '../http/caching.js'
import type { Carrier } from '../http/carrier.js'
import { Carriers } from '../http/carriers.js'
import { CookieCarrier } from '../http/cookie-carrier.js'
import { HeaderCarrier } from '../http/header-carrier.js'
import { ProxyAdvice } from '../http/proxy-advice.js'
import { roomIn, SealedCookieCarrier } from '../http/sealed-cookie.js'
import type { ServedScope } from '../http/served-scopes.js'
import { ScopedApplication } from '../koa/application.js'
import { checkCsrf } from '../koa/csrf.js'
import type { ApplicationDefinition } from '../koa/define-application.js'
import { FailureLog } from '../koa/failure-log.js'
import type { EventHandlers, EventName } from '../koa/handlers.js'
import { checkMembers } from '../koa/members.js'
import { reportError } from '../koa/report-error.js'
import type { AnyScopes, ServedApplication } from '../koa/served-application.js'
import { errorOf } from '../koa/thrown.js'
import { announcer } from '../scopes/announcer.js'
import { ApplicationLife } from '../scopes/application-life.js'
import type { Connections } from '../scopes/connections/connections.js'
import type { EndHandler } from '../scopes/ends/run-end-handler.js'
import type { ScopeStorage } from '../scopes/environment.js'
import type { Emit, ScopeEventMap } from '../scopes/events.js'
import type { InFlight } from '../scopes/in-flight.js'
import { versionMaker } from '../scopes/record/version.js'
import { Scope } from '../scopes/scope.js'
import type { ScopeKind } from '../scopes/settings.js'
import type { ObjectCache } from '../storage/caches/object-cache.js'
import { reportingEmitter } from '../support/call-listener.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import type { SealedStorage } from './scope-storage.js'

export interface AssemblyParts {
  readonly config: ApplicationConfig
  readonly definition: ApplicationDefinition
  /** Returns the storage of one of its scopes. */
  readonly storageOf: (application: string, kind: ScopeKind, config: ScopeConfig) => ScopeStorage | SealedStorage
  readonly cache: (name: string) => ObjectCache
  readonly codec: Codec
  readonly clock: Clock
  readonly log: Logger
  readonly inFlight: InFlight
  readonly connections: Connections
  readonly proxy: boolean
}

/** Joins an application's configuration, definition and storage; runs its `setup`. */
export async function assemble(parts: AssemblyParts): Promise<ScopedApplication> {
  const { cache, config, definition, log, proxy } = parts
  const events = reportingEmitter<ScopeEventMap>((error, event) =>
    log.error({ event, err: error }, 'a listener of an event failed'),
  )
  const assembly = new Assembly(parts, announcer(config.name, events, log))
  const app = new ScopedApplication(assembly.serve(), { cache, events, proxy })
  await definition.setup?.(app as never, { cache })
  checkMembers(app)
  checkCsrf(app.middleware, config)
  log.debug({}, 'application assembled')
  return app
}

class Assembly {
  readonly #parts: AssemblyParts
  readonly #handlers: EventHandlers<AnyScopes>
  readonly #emit: Emit
  readonly #failures: FailureLog
  readonly #life: ApplicationLife
  readonly #proxyAdvice: ProxyAdvice

  constructor(parts: AssemblyParts, emit: Emit) {
    this.#parts = parts
    this.#handlers = parts.definition as EventHandlers<AnyScopes>
    this.#emit = emit
    this.#failures = new FailureLog(parts.log, parts.clock)
    this.#life = this.#applicationLife()
    this.#proxyAdvice = new ProxyAdvice(parts.log)
  }

  serve(): ServedApplication {
    const { clock, config, connections, inFlight, log } = this.#parts
    const session = this.#serveScope('session', config.session)
    const client = this.#serveScope('client', config.client)
    return {
      name: config.name,
      config,
      handlers: this.#handlers,
      life: this.#life,
      caching: new Caching(log),
      inFlight,
      connections,
      clock,
      log,
      failures: this.#failures,
      ...(this.#handlers.describe && { describe: (exchange) => this.#handlers.describe?.(exchange as never) }),
      ...(session && { session }),
      ...(client && { client }),
    }
  }

  #applicationLife(): ApplicationLife {
    const { clock, config, log } = this.#parts
    const handlers = this.#handlers
    return new ApplicationLife({
      application: config.name,
      clock,
      timeoutMs: config.application.timeoutMs,
      onStart: (application) =>
        this.#reporting('onApplicationStart', () => handlers.onApplicationStart?.({ application, log })),
      onEnd: async (application) => {
        try {
          await this.#reporting('onApplicationEnd', () => handlers.onApplicationEnd?.({ application, log }))
        } catch (error) {
          log.error({ err: error }, 'onApplicationEnd failed; the application has ended anyway')
        }
      },
    })
  }

  #serveScope(kind: ScopeKind, config: ScopeConfig | undefined): ServedScope | undefined {
    if (!config) return undefined
    const { codec, config: application, inFlight, log, storageOf } = this.#parts
    const storage = storageOf(application.name, kind, config)
    const environment = {
      ...storage,
      application: application.name,
      kind,
      settings: config,
      codec,
      log,
      emit: this.#emit,
      inFlight,
      keepsEmpty: kind === 'session' && this.#handlers.onSessionStart !== undefined,
      newVersion: versionMaker(),
    }
    const [first, ...others] = config.carriers
    const carrier = (one: CarrierConfig) => this.#carrier(one, config, storage)
    return {
      scope: new Scope(environment, this.#endHandler(kind)),
      carriers: new Carriers(carrier(first), ...others.map(carrier)),
    }
  }

  #carrier(carrier: CarrierConfig, scope: ScopeConfig, storage: ScopeStorage | SealedStorage): Carrier {
    const { clock } = storage
    if (carrier.kind === 'header') return new HeaderCarrier(carrier.name)
    return 'sealing' in storage
      ? new SealedCookieCarrier(scope, clock, this.#proxyAdvice, roomIn(scope.cookie))
      : new CookieCarrier(scope, clock, this.#proxyAdvice)
  }

  /** The end handler of a scope. It starts the application first if needed, because the handler gets the application scope. */
  #endHandler(kind: ScopeKind): EndHandler | undefined {
    const { onSessionEnd, onClientEnd } = this.#handlers
    const { log } = this.#parts
    const event = kind === 'session' ? 'onSessionEnd' : 'onClientEnd'
    if (!(kind === 'session' ? onSessionEnd : onClientEnd)) return undefined
    return async ({ id, principal, values, reason, attempt }) => {
      await this.#life.use()
      const common = { id, principal, application: this.#life.data, reason, attempt, log }
      await this.#reporting(event, () =>
        kind === 'session'
          ? this.#handlers.onSessionEnd?.({ ...common, session: values })
          : this.#handlers.onClientEnd?.({ ...common, client: values }),
      )
    }
  }

  /** Runs `run`. If it throws, reports the error to onError and throws it again. */
  async #reporting<T>(event: EventName, run: () => T): Promise<Awaited<T>> {
    try {
      return await run()
    } catch (thrown) {
      const error = errorOf(thrown)
      await reportError(this.#handlers, this.#failures, error, { event })
      throw error
    }
  }
}
