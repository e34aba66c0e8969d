import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import * as vitest from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import { driverSuite, remoteDriver } from '../../src/testing/index.js'
import { anyRedis } from '../support/redis-server.js'

const worker = fileURLToPath(new URL('served-driver.ts', import.meta.url))
const { url, stop } = await anyRedis()
const options = { url, prefix: `suite-${randomUUID()}:` }

driverSuite(vitest, {
  definition: redis,
  options,
  otherProcess: () =>
    remoteDriver(
      fork(worker, ['redis', JSON.stringify(options)], { execArgv: ['--import', 'tsx'], serialization: 'advanced' }),
    ),
  remove: stop,
})
