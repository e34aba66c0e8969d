import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jsonFiles } from '../../examples/custom-driver/index.js'
import { inMap } from '../../examples/map-driver/index.js'
import { defineDriver } from '../../src/drivers/definition.js'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import type { HazelcastOptions } from '../../src/drivers/hazelcast/options.js'
import { lmdb } from '../../src/drivers/lmdb/index.js'
import { mariadb } from '../../src/drivers/mariadb/index.js'
import { memory } from '../../src/drivers/memory/index.js'
import { mongodb } from '../../src/drivers/mongodb/index.js'
import { postgres } from '../../src/drivers/postgres/index.js'
import { redis } from '../../src/drivers/redis/index.js'
import { sqlite } from '../../src/drivers/sqlite/index.js'
import { type HazelcastCluster, membersJar, startHazelcast } from '../support/hazelcast-members.js'
import { anyMariadb } from '../support/mariadb-server.js'
import { anyMongo } from '../support/mongo-server.js'
import { anyPostgres } from '../support/postgres-server.js'
import { anyRedis, startRedisCluster } from '../support/redis-server.js'
import { sealing } from '../support/sealing-driver.js'
import { sharedTables } from './shared-tables.js'
import type { Place } from './store.js'

const inFolder = async (file = '.') => {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-model-'))
  return { options: { path: join(folder, file) }, remove: () => rm(folder, { recursive: true }) }
}

let hazelcasts = 0
let cluster: Promise<HazelcastCluster> | undefined

/** All on one cluster, which starts with the first. `jarOf`: whether the nth driver uses the jar. */
async function onHazelcast(jarOf: (created: number) => HazelcastOptions['membersJar']) {
  cluster ??= membersJar().then((jar) => startHazelcast({ jars: [jar] }))
  const { name, addresses } = await cluster
  let created = 0
  const definition = defineDriver({
    ...hazelcast,
    create: (options, environment) => hazelcast.create({ ...options, membersJar: jarOf(created++) }, environment),
  })
  hazelcasts += 1
  return {
    definition,
    options: { members: addresses, clusterName: name, prefix: `model-${hazelcasts}:` },
    connections: 2 as const,
  }
}

/** Stops what places have in common. */
export const stopPlaces = async (): Promise<void> => (await cluster)?.stop()

/** Every driver of the package and of the examples, on a store of its own. */
export const places = {
  memory: async () => ({ definition: memory, options: {}, connections: 1 }),
  'the map of the example': async () => ({ definition: inMap, options: {}, connections: 1 }),
  'two spaces on one table': async () => ({ definition: sharedTables(), options: {}, connections: 2 }),
  'JSON files of the example': async () => ({ definition: jsonFiles, connections: 1, ...(await inFolder()) }),
  lmdb: async () => ({ definition: lmdb, connections: 2, ...(await inFolder()) }),
  'lmdb, sealed': async () => ({ definition: sealing(lmdb), connections: 2, ...(await inFolder()) }),
  sqlite: async () => ({ definition: sqlite, connections: 2, ...(await inFolder('scopes.db')) }),
  postgres: async () => {
    const { url, stop } = await anyPostgres()
    return { definition: postgres, options: { url, prefix: `model-${randomUUID()}:` }, connections: 2, remove: stop }
  },
  redis: async () => {
    const { url, stop } = await anyRedis()
    return { definition: redis, options: { url, prefix: `model-${randomUUID()}:` }, connections: 2, remove: stop }
  },
  'redis cluster': async () => {
    const { nodes, stop } = await startRedisCluster()
    // As many buckets as one sweep looks into, because what has just fallen due is claimed at once.
    return { definition: redis, options: { cluster: nodes, buckets: 4 }, connections: 2, remove: stop }
  },
  mariadb: async () => {
    const { url, stop } = await anyMariadb()
    return { definition: mariadb, options: { url, prefix: `model-${randomUUID()}:` }, connections: 2, remove: stop }
  },
  'mongodb, or its stand-in': async () => {
    const { url, stop, name } = await anyMongo()
    const options = { url, prefix: `model-${randomUUID().slice(0, 8)}:` }
    // The stand-in takes a time and the same time with a fraction for equal.
    return { definition: mongodb, options, connections: 2, wholeMs: name !== 'MongoDB', remove: stop }
  },
  hazelcast: () => onHazelcast(() => 'off'),
  'hazelcast with its jar': () => onHazelcast(() => 'required'),
  'hazelcast, a node that uses the jar and one that does not': () =>
    onHazelcast((created) => (created % 2 === 0 ? 'required' : 'off')),
} satisfies Record<string, () => Promise<Place>>
