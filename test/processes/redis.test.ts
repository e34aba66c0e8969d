import { randomUUID } from 'node:crypto'
import * as vitest from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import { driverSuite, remoteDriver } from '../../src/testing/index.js'
import { forkProgram } from '../support/program.js'
import { anyRedis } from '../support/redis-server.js'

const worker = new URL('served-driver.ts', import.meta.url)
const { url, stop } = await anyRedis()
const options = { url, prefix: `suite-${randomUUID()}:` }

driverSuite(vitest, {
  definition: redis,
  options,
  otherProcess: () =>
    remoteDriver(forkProgram(worker, ['redis', JSON.stringify(options)], { serialization: 'advanced' })),
  remove: stop,
})
