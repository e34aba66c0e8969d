import * as vitest from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { startRedisCluster } from '../support/redis-server.js'

const { nodes, stop } = await startRedisCluster()

// As many buckets as one sweep looks into, because the suite claims at once what has just expired.
driverSuite(vitest, { definition: redis, options: { cluster: nodes, buckets: 4 }, remove: stop })
