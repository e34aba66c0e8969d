import type { ConfigInput } from '../../src/config/load.js'
import { withFolder } from './container.js'
import { startRedis } from './redis-server.js'

export type CacheInput = NonNullable<ConfigInput['caches']>[string]

/** A cache of its own that outlives a process, for the length of `use`. */
export async function withDurableCache<T>(
  driver: 'lmdb' | 'redis',
  use: (cache: CacheInput) => Promise<T>,
): Promise<T> {
  if (driver === 'lmdb') return withFolder((path) => use({ driver, storage: true, path }))
  const server = await startRedis()
  try {
    return await use({ driver, storage: true, url: server.url })
  } finally {
    await server.stop()
  }
}
