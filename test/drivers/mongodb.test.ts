import { randomUUID } from 'node:crypto'
import * as vitest from 'vitest'
import { mongodb } from '../../src/drivers/mongodb/index.js'
import { driverSuite, remoteDriver } from '../../src/testing/index.js'
import { anyMongo } from '../support/mongo-server.js'
import { forkProgram } from '../support/program.js'

const worker = new URL('../processes/served-driver.ts', import.meta.url)
const { url, name, stop } = await anyMongo()
const options = { url, prefix: `suite-${randomUUID().slice(0, 8)}:` }

vitest.describe(`on ${name}`, () => {
  driverSuite(vitest, {
    definition: mongodb,
    options,
    otherProcess: () =>
      remoteDriver(forkProgram(worker, ['mongodb', JSON.stringify(options)], { serialization: 'advanced' })),
    remove: stop,
  })
})
