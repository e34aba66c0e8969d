import type { CacheHealth } from '../../storage/caches/cache.js'
import type { NodeHealth } from '../operated.js'

/** The health for programs: an error is its code and message. */
export const healthJson = ({ applications, caches, status }: NodeHealth): object => ({
  status,
  applications,
  caches: Object.fromEntries(Object.entries(caches).map(([name, health]) => [name, cacheJson(health)])),
})

export const cacheJson = (health: CacheHealth): object =>
  health.status === 'down' ? { ...health, error: { code: health.error.code, message: health.error.message } } : health
