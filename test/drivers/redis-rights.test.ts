import * as vitest from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { redisCli, startRedis } from '../support/redis-server.js'

/** The least rights the driver works with, as docs/drivers/redis.md tells them. */
const commands = [
  '+info +time',
  '+evalsha +eval +exists +type +persist +pexpire +del',
  '+hget +hgetall +hmget +hkeys +hlen +hset +hincrby +hdel',
  '+zadd +zrem +zscore +zcount +zrange +zrangebyscore +zrangebylex',
  '+get +set +getdel +scan +unlink',
].join(' ')
const keys = '~scopes:* ~{scopes:*'

const server = await startRedis()
await redisCli(server.port, 'acl', 'setuser', 'shop', 'on', '>secret', ...`${keys} ${commands}`.split(' '))

driverSuite(vitest, {
  definition: redis,
  options: { port: server.port, username: 'shop', password: 'secret' },
  remove: () => server.stop(),
})
