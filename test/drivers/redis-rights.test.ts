import * as vitest from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { redisCli, startRedis, startRedisCluster } from '../support/redis-server.js'

/** The least rights the driver works with, as docs/drivers/redis.md tells them. */
const rights = [
  '~scopes:* ~{scopes:* &scopes:*',
  '+info +time +ping +publish +subscribe +unsubscribe',
  '+evalsha +eval +exists +persist +pexpire +del',
  '+hget +hgetall +hkeys +hlen +hset +hdel',
  '+zadd +zrem +zscore +zcount +zrange +zrangebyscore +zrangebylex',
  '+get +set +getdel +scan +unlink',
].join(' ')
/** Besides, on every node of a cluster. */
const rightsInCluster = '+cluster|slots +cluster|info +asking +readonly +readwrite'

const allow = (port: number, granted: string) =>
  redisCli(port, 'acl', 'setuser', 'shop', 'on', '>secret', ...granted.split(' '))
const user = { username: 'shop', password: 'secret' }

const server = await startRedis()
await allow(server.port, rights)
driverSuite(vitest, { definition: redis, options: { port: server.port, ...user }, remove: () => server.stop() })

const { nodes, stop } = await startRedisCluster()
for (const node of nodes) await allow(Number(node.split(':')[1]), `${rights} ${rightsInCluster}`)
driverSuite(vitest, { definition: redis, options: { cluster: nodes, buckets: 4, ...user }, remove: stop })
