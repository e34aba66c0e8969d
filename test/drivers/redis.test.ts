import { randomUUID } from 'node:crypto'
import * as vitest from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { anyRedis } from '../support/redis-server.js'

const { url, stop } = await anyRedis()

driverSuite(vitest, { definition: redis, options: { url, prefix: `suite-${randomUUID()}:` }, remove: stop })
