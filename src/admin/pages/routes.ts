import type { Desk } from '../desk.js'
import type { Route } from '../route.js'
import { applicationsRoutes } from './applications.js'
import { cachesRoutes } from './caches.js'
import { configurationRoutes } from './configuration.js'
import { endRoutes } from './ends.js'
import { eventsRoutes } from './events.js'
import { objectsRoutes } from './objects.js'
import { overviewRoutes } from './overview.js'
import { recordRoutes } from './record.js'
import { recordsRoutes } from './records.js'

/** The routes of all pages. */
export const routesOf = (desk: Desk): readonly Route[] => [
  ...overviewRoutes(desk),
  ...applicationsRoutes(desk),
  ...recordsRoutes(desk),
  ...recordRoutes(desk),
  ...endRoutes(desk),
  ...cachesRoutes(desk),
  ...objectsRoutes(desk),
  ...configurationRoutes(desk),
  ...eventsRoutes(desk),
]
