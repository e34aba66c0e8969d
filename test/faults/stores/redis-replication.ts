import { Redis } from 'ioredis'
import { redisCli } from '../../support/redis-server.js'
import type { Register, StoreServer } from '../topology.js'

export const replicating = { appendonly: 'no', 'repl-diskless-sync-delay': '0', 'repl-ping-replica-period': '1' }

export type Role = 'master' | 'replica' | 'replica out of step'

export async function roleOf({ port }: StoreServer): Promise<Role> {
  const state = await redisCli(port, 'info', 'replication')
  if (state.includes('role:master')) return 'master'
  return state.includes('master_link_status:up') ? 'replica' : 'replica out of step'
}

const patienceMs = 5_000

/** `key`: one this server is responsible for. */
export async function redisRegister({ port }: StoreServer, key: string): Promise<Register> {
  const redis = new Redis({ port, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => {}) // each command rejects
  return {
    write: async (count) => void (await redis.set(key, count)),
    read: async () => Number(await redis.get(key)),
    replicated: async () => void (await redis.wait(1, patienceMs)),
    close: () => redis.disconnect(),
  }
}
