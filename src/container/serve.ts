import type { RequestListener } from 'node:http'
import { Admin } from '../admin/admin.js'
import type { NodeHealth, OperatedApplication } from '../admin/operated.js'
import type { Config } from '../config/config.js'
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
  readonly container: { health(): Promise<NodeHealth>; readonly isClosing: boolean }
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
    const server = await Server.listen(listener, parts.config.server, 'server.port', admin?.url)
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
    isClosing: () => container.isClosing,
    extra: new Map(),
    clock,
    log,
  })
}

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
