import { setTimeout as pause } from 'node:timers/promises'
import { redisCli } from '../../support/redis-server.js'
import { commonFaults, failover, onOneServer, repeatedly, strikeMs } from '../faults.js'
import type { Store } from '../store.js'
import { onlyServer, type Topology } from '../topology.js'
import { clusteredRedis } from './redis-cluster.js'
import { RedisProcess } from './redis-process.js'
import { sentinelRedis } from './redis-sentinel.js'

/** What is acknowledged is on disk, so that SIGKILL loses nothing. */
export async function singleRedis(): Promise<Topology> {
  const server = await RedisProcess.start({ appendonly: 'yes', appendfsync: 'always' })
  return {
    servers: [server],
    cache: (port = server.port) => ({ driver: 'redis', storage: true, url: `redis://127.0.0.1:${port}` }),
    stop: () => server.stop(),
  }
}

const onSingle = onOneServer(singleRedis)

export const redisFaults = {
  ...commonFaults(singleRedis, 'Redis', ['evalsha']),
  'script-flush': onSingle(
    'SCRIPT FLUSH, again and again',
    ({ store }) => repeatedly(100, () => redisCli(onlyServer(store).port, 'script', 'flush')),
    ['begin', 'write', 'read', 'login', 'rotate', 'logout'],
  ),
  full: onSingle(
    'maxmemory is reached',
    async ({ store }) => {
      const { port } = onlyServer(store)
      await redisCli(port, 'config', 'set', 'maxmemory', '1')
      await pause(strikeMs)
      await redisCli(port, 'config', 'set', 'maxmemory', '0')
    },
    ['read', 'logout'],
  ),
}

const redisFailovers = {
  'cluster-failover': failover('Cluster: a master is killed (SIGKILL), its replica takes over', clusteredRedis),
  'sentinel-failover': failover('Sentinel: the master is killed (SIGKILL), its replica takes over', sentinelRedis),
}

export const redis: Store = {
  title: 'Redis',
  runs: 20,
  faults: { ...redisFaults, ...redisFailovers },
  remarks: `Nothing is refused with \`SCRIPT FLUSH\`; no reads and no logouts are with \`maxmemory\` reached.

### What Redis itself can lose

A single Redis with \`appendonly yes\` and \`appendfsync always\`, as here, keeps every acknowledged write. With \`everysec\`, the
default of \`appendonly yes\`, a crash of the machine (not of the process) loses up to two seconds; without
\`appendonly\`, everything since the last snapshot is lost.

Replication is asynchronous: a master acknowledges a write before its replica has it. A failover loses the writes on their way
to the replica; if the master is cut off but alive, it also loses all writes that this master accepts until it notices.
\`min-replicas-to-write 1\` with a small \`min-replicas-max-lag\` limits that time but does not remove it. Sessions, logouts and
rotations of that time are undone; a node that holds a lost version notices it and uses the record as Redis has it.`,
}
