import { join } from 'node:path'
import type { ConfigInput } from '../../src/config/load.js'
import { withFolder } from './container.js'
import { durableMariadb, startMariadb } from './mariadb-server.js'
import { durablePostgres, startPostgres } from './postgres-server.js'
import { startRedis } from './redis-server.js'

export type CacheInput = NonNullable<ConfigInput['caches']>[string]

export const durableDrivers = ['redis', 'lmdb', 'sqlite', 'postgres', 'mariadb'] as const

export type DurableDriver = (typeof durableDrivers)[number]

interface Server {
  readonly url: string
  stop(): Promise<void>
}

const servers: Readonly<Record<'redis' | 'postgres' | 'mariadb', () => Promise<Server>>> = {
  redis: startRedis,
  postgres: () => startPostgres(durablePostgres),
  mariadb: () => startMariadb(durableMariadb),
}

/** A cache of its own that outlives a process, for the length of `use`. */
export async function withDurableCache<T>(driver: DurableDriver, use: (cache: CacheInput) => Promise<T>): Promise<T> {
  if (driver === 'lmdb') return withFolder((path) => use({ driver, storage: true, path }))
  if (driver === 'sqlite')
    return withFolder((folder) => use({ driver, storage: true, path: join(folder, 'sessions.db') }))
  const server = await servers[driver]()
  try {
    return await use({ driver, storage: true, url: server.url })
  } finally {
    await server.stop()
  }
}
