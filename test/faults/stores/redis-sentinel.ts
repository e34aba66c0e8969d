import { redisCli, startSentinel } from '../../support/redis-server.js'
import { eventually, type Replicated, serverAt } from '../topology.js'
import { RedisProcess } from './redis-process.js'
import { redisRegister, replicating, roleOf } from './redis-replication.js'

/** A master and a replica, watched by one sentinel. */
export async function sentinelRedis(): Promise<Replicated> {
  const first = await RedisProcess.start(replicating)
  const second = await RedisProcess.start({ ...replicating, replicaof: `127.0.0.1 ${first.port}` })
  const servers = [first, second]
  const sentinel = await startSentinel(first)
  // Less, and a busy machine makes the sentinel promote the replica of a master that is alive and acknowledges on.
  await redisCli(sentinel.port, 'sentinel', 'set', 'shop', 'down-after-milliseconds', '1500')
  await redisCli(sentinel.port, 'sentinel', 'set', 'shop', 'failover-timeout', '3000')

  const masterPort = async () => {
    const address = await redisCli(sentinel.port, 'sentinel', 'get-master-addr-by-name', 'shop')
    return Number(address.split('\n')[1])
  }
  /**
   * A server that came back as a replica has nothing yet: to promote it then would be to lose everything. Nor does it get
   * what is written before it has acknowledged its first copy, which may take a second after the link is up.
   */
  const isInStep = async () => {
    const roles = await Promise.all(servers.map(roleOf))
    const replication = await Promise.all(servers.map(({ port }) => redisCli(port, 'info', 'replication')))
    const hasSynced = replication.some((info) => /^slave0:.*,offset=[1-9]/m.test(info))
    const known = await redisCli(sentinel.port, 'sentinel', 'replicas', 'shop')
    return roles.includes('master') && roles.includes('replica') && hasSynced && /^flags\nslave$/m.test(known)
  }
  return {
    servers,
    cache: () => ({
      driver: 'redis',
      storage: true,
      sentinel: { name: 'shop', nodes: [`127.0.0.1:${sentinel.port}`] },
    }),
    async victim() {
      await eventually(isInStep)
      const port = await masterPort()
      const successor = () =>
        eventually(async () => {
          const heir = serverAt(servers, await masterPort())
          return heir.port !== port && (await roleOf(heir)) === 'master' && heir
        })
      const master = serverAt(servers, port)
      return {
        master,
        successor,
        register: (server) => redisRegister(server, 'canary'),
        revive: () => master.start(),
      }
    },
    async stop() {
      await sentinel.stop()
      await Promise.all(servers.map((server) => server.stop()))
    },
  }
}
