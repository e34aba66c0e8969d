import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DriverDefinition } from '../../../src/drivers/definition.js'
import type { Driver } from '../../../src/storage/contract.js'
import { startMariadb } from '../../support/mariadb-server.js'
import { startPostgres } from '../../support/postgres-server.js'
import { startRedis } from '../../support/redis-server.js'
import { now, prefix } from './records.js'
import { lmdbStore, mariadbStore, postgresStore, redisStore, type Store, sqliteStore } from './stores.js'

/** An empty store. */
export interface Place {
  readonly options: object
  readonly store: Store
  stop(): Promise<void>
}

const inFolder = (placeIn: (folder: string) => Omit<Place, 'stop'>) => async (): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-stored-'))
  return { ...placeIn(folder), stop: () => rm(folder, { recursive: true }) }
}

/** The drivers of stores that outlive an upgrade, each with what makes an empty store. */
export const places = {
  redis: async () => {
    const { url, stop } = await startRedis()
    return { options: { url, prefix }, store: redisStore(url), stop }
  },
  lmdb: inFolder((folder) => ({ options: { path: folder }, store: lmdbStore(folder) })),
  sqlite: inFolder((folder) => ({ options: { path: join(folder, 'scopes.db'), prefix }, store: sqliteStore(folder) })),
  postgres: async () => {
    const server = await startPostgres()
    return { options: { url: server.url, prefix }, store: postgresStore(server, 'scopes'), stop: server.stop }
  },
  mariadb: async () => {
    const server = await startMariadb()
    return { options: { url: server.url, prefix }, store: mariadbStore(server, 'scopes_'), stop: server.stop }
  },
} satisfies Record<string, () => Promise<Place>>

export type DriverName = keyof typeof places

/** Runs `use` with an open driver of this definition. */
export async function withDriver<T>(
  definition: DriverDefinition,
  options: object,
  use: (driver: Driver) => Promise<T>,
): Promise<T> {
  const environment = { cache: 'stored', directory: '/', onEvicted() {} }
  const driver = await definition.create(definition.options.parse(options), environment)
  await driver.open()
  return use(driver).finally(() => driver.close())
}

/** Writes an object too. */
export const writeObject = (driver: Driver): Promise<void> | undefined =>
  driver.objects?.('pages').set('key', new TextEncoder().encode('"page"'), { now, ttlMs: null })
