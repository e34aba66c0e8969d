import { randomUUID } from 'node:crypto'
import * as vitest from 'vitest'
import { mariadb } from '../../src/drivers/mariadb/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { anyMariadb } from '../support/mariadb-server.js'

const { url, stop } = await anyMariadb()

driverSuite(vitest, { definition: mariadb, options: { url, prefix: `suite-${randomUUID()}:` }, remove: stop })
