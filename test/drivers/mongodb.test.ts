import { randomUUID } from 'node:crypto'
import * as vitest from 'vitest'
import { mongodb } from '../../src/drivers/mongodb/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { anyMongo } from '../support/mongo-server.js'

const { url, name, stop } = await anyMongo()

vitest.describe(`on ${name}`, () => {
  driverSuite(vitest, {
    definition: mongodb,
    options: { url, prefix: `suite-${randomUUID().slice(0, 8)}:` },
    remove: stop,
  })
})
