import { randomUUID } from 'node:crypto'
import * as vitest from 'vitest'
import { mariadb } from '../../src/drivers/mariadb/index.js'
import { driverSuite, remoteDriver } from '../../src/testing/index.js'
import { anyMariadb } from '../support/mariadb-server.js'
import { forkProgram } from '../support/program.js'

const worker = new URL('served-driver.ts', import.meta.url)
const { url, stop } = await anyMariadb()
const options = { url, prefix: `suite-${randomUUID()}:` }

driverSuite(vitest, {
  definition: mariadb,
  options,
  otherProcess: () =>
    remoteDriver(forkProgram(worker, ['mysql', JSON.stringify(options)], { serialization: 'advanced' })),
  remove: stop,
})
