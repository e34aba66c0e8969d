import { randomUUID } from 'node:crypto'
import * as vitest from 'vitest'
import { postgres } from '../../src/drivers/postgres/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { anyPostgres } from '../support/postgres-server.js'

const { url, stop } = await anyPostgres()

driverSuite(vitest, { definition: postgres, options: { url, prefix: `suite-${randomUUID()}:` }, remove: stop })
