import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jsonFiles } from '../../examples/custom-driver/index.js'
import { inMap } from '../../examples/map-driver/index.js'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import { lmdb } from '../../src/drivers/lmdb/index.js'
import { memory } from '../../src/drivers/memory/index.js'
import { redis } from '../../src/drivers/redis/index.js'
import { startHazelcast } from '../support/hazelcast-members.js'
import { anyRedis, startRedisCluster } from '../support/redis-server.js'
import { sharedTables } from './shared-tables.js'
import type { Place } from './store.js'

const inFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'koa-scopes-model-'))
  return { options: { path }, remove: () => rm(path, { recursive: true }) }
}

/** Every driver of the package and of the examples, on a store of its own. */
export const places = {
  memory: async () => ({ definition: memory, options: {}, connections: 1 }),
  'the map of the example': async () => ({ definition: inMap, options: {}, connections: 1 }),
  'two spaces on one table': async () => ({ definition: sharedTables(), options: {}, connections: 2 }),
  'JSON files of the example': async () => ({ definition: jsonFiles, connections: 1, ...(await inFolder()) }),
  lmdb: async () => ({ definition: lmdb, connections: 2, ...(await inFolder()) }),
  redis: async () => {
    const { url, stop } = await anyRedis()
    return { definition: redis, options: { url, prefix: `model-${randomUUID()}:` }, connections: 2, remove: stop }
  },
  'redis cluster': async () => {
    const { nodes, stop } = await startRedisCluster()
    // As many buckets as one sweep looks into, because what has just fallen due is claimed at once.
    return { definition: redis, options: { cluster: nodes, buckets: 4 }, connections: 2, remove: stop }
  },
  hazelcast: async () => {
    const { name, addresses, stop } = await startHazelcast()
    return { definition: hazelcast, options: { members: addresses, clusterName: name }, connections: 2, remove: stop }
  },
} satisfies Record<string, () => Promise<Place>>
