import { randomUUID } from 'node:crypto'
import * as vitest from 'vitest'
import { postgres } from '../../src/drivers/postgres/index.js'
import { driverSuite, remoteDriver } from '../../src/testing/index.js'
import { anyPostgres } from '../support/postgres-server.js'
import { forkProgram } from '../support/program.js'

const worker = new URL('served-driver.ts', import.meta.url)
const { url, stop } = await anyPostgres()
const options = { url, prefix: `suite-${randomUUID()}:` }

driverSuite(vitest, {
  definition: postgres,
  options,
  otherProcess: () =>
    remoteDriver(forkProgram(worker, ['postgres', JSON.stringify(options)], { serialization: 'advanced' })),
  remove: stop,
})
