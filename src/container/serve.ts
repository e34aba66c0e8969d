import type { RequestListener } from 'node:http'
import { Admin } from '../admin/admin.js'
import type { MetricsPage } from '../admin/metrics/metrics.js'
import { pageListener } from '../admin/metrics/page-listener.js'
import type { ExtraRoute, NodeHealth, OperatedApplication } from '../admin/operated.js'
import type { Config } from '../config/config.js'
import { addressOf } from '../http/address.js'
import { healthEndpoint, type Readiness } from '../http/health-endpoint.js'
import { Server } from '../http/server.js'
import { type ScopedApplication, servedBy } from '../koa/application.js'
import type { NamedCache } from '../storage/caches/cache.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import type { ObjectCaches } from './object-caches.js'

export interface ServingParts {
  readonly config: Config
  readonly caches: ReadonlyMap<string, NamedCache>
  readonly applications: ReadonlyMap<string, ScopedApplication>
  readonly objectCaches: ObjectCaches
  readonly container: { health(): Promise<NodeHealth>; readonly readiness: Readiness }
  readonly metrics: MetricsPage | undefined
  readonly clock: Clock
  readonly log: Logger
}

/** Serves the applications, and the admin page if it is declared. Throws PORT_IN_USE, and then serves neither. */
export async function serve(
  listener: RequestListener,
  parts: ServingParts,
): Promise<{ readonly server: Server; readonly admin: Admin | undefined }> {
  const admin = await openAdmin(parts)
  try {
    const { config, log } = parts
    const server = await Server.listen(listener, {
      ...config.server,
      address: addressOf(config.server),
      key: 'server.port',
      adminUrl: admin?.url,
      onError: (error) => log.error({ err: error }, 'the server could not accept a connection'),
    })
    return { server, admin }
  } catch (error) {
    await admin?.close()
    throw error
  }
}

async function openAdmin(parts: ServingParts): Promise<Admin | undefined> {
  const { applications, caches, clock, config, container, log, objectCaches } = parts
  if (!config.admin) return undefined
  return Admin.listen(config.admin, {
    config,
    applications: new Map([...applications].map(([name, app]) => [name, operated(app)])),
    health: () => container.health(),
    objects: (name) => (caches.get(name)?.objects() ? objectCaches.named(name) : undefined),
    isClosing: () => container.readiness.status === 'closing',
    extra: extraRoutes(parts),
    clock,
    log,
  })
}

const healthPath = '/healthz'

/** What load balancers and monitoring systems ask for: health is open to all, metrics need the token. */
function extraRoutes({ container, log, metrics }: ServingParts): ReadonlyMap<string, ExtraRoute> {
  const health: ExtraRoute = { access: 'open', serve: healthEndpoint(healthPath, () => container.readiness) }
  return new Map([
    ...['', '/live', '/ready'].map((path) => [`${healthPath}${path}`, health] as const),
    ...(metrics ? [['/metrics', metricsRoute(pageListener(metrics, log))] as const] : []),
  ])
}

const metricsRoute = (listener: RequestListener): ExtraRoute => ({
  access: 'token',
  serve(request, response) {
    listener(request, response)
    return true
  },
})

function operated(app: ScopedApplication): OperatedApplication {
  const { client, config, session } = servedBy(app)
  return {
    config,
    events: app.events,
    isStarted: () => app.isStarted,
    stop: () => app.stop(),
    directories: new Map([
      ...(session ? [['session', app.sessions] as const] : []),
      ...(client ? [['client', app.clients] as const] : []),
    ]),
  }
}
