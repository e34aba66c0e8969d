import type { Countable } from '../admin/metrics/record-counts.js'
import type { Container } from '../container/container.js'
import { isSealing } from '../drivers/definition.js'
import type { ScopeKind } from '../scopes/settings.js'

/** The scopes of a container whose records are in stores. */
export function countableIn(container: Container): Countable[] {
  const { applications, caches } = container.config
  return [...applications.values()].flatMap((application) =>
    (['session', 'client'] as const)
      .filter((scope) => {
        const cache = caches.get(application[scope]?.storage ?? '')
        return cache !== undefined && !isSealing(cache.driver)
      })
      .map((scope) => countable(container, application.name, scope)),
  )
}

/** A store that is unavailable refuses the call, and the number is left out. */
function countable(container: Container, application: string, scope: ScopeKind): Countable {
  const app = container.application(application)
  const directory = scope === 'session' ? app.sessions : app.clients
  return { application, scope, isAvailable: () => true, count: () => directory.count() }
}
