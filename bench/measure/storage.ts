import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '../../test/support/redis-server.js'
import type { Contestant } from '../contestants.js'

/** The storage of one contestant's sessions, which no other contestant uses. */
export interface Storage {
  /** The URL of a Redis, or a folder. */
  readonly address: string
  stop(): Promise<void>
}

const storages: Readonly<Record<Contestant['storage'], () => Promise<Storage>>> = {
  none: async () => ({ address: '', stop: async () => {} }),
  async redis() {
    const server = await startRedis()
    return { address: server.url, stop: () => server.stop() }
  },
  async lmdb() {
    const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-bench-'))
    return { address: folder, stop: () => rm(folder, { recursive: true }) }
  },
}

export const startStorage = (kind: Contestant['storage']): Promise<Storage> => storages[kind]()
