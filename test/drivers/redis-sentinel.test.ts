import * as vitest from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { startRedis, startSentinel } from '../support/redis-server.js'

const master = await startRedis()
const sentinel = await startSentinel(master)

driverSuite(vitest, {
  definition: redis,
  options: { sentinel: { name: 'shop', nodes: [`127.0.0.1:${sentinel.port}`] } },
  async remove() {
    await sentinel.stop()
    await master.stop()
  },
})
