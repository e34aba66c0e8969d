import type { CacheHealth } from '../../storage/caches/cache.js'
import type { Html } from '../html/html.js'
import { badge } from '../html/parts.js'

/** The state of a cache in a word. */
export function stateOf(health: CacheHealth): Html {
  if (health.status === 'down') return badge('bad', 'down')
  return health.warnings.length > 0 ? badge('fair', 'up, with warnings') : badge('good', 'up')
}
