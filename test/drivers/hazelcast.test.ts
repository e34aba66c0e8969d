import * as vitest from 'vitest'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import { driverSuite, remoteDriver } from '../../src/testing/index.js'
import { membersJar, startHazelcast } from '../support/hazelcast-members.js'
import { forkProgram } from '../support/program.js'
import { optionsFor } from './hazelcast-fixture.js'

const cluster = await startHazelcast({ jars: [await membersJar()] })
const worker = new URL('../processes/served-driver.ts', import.meta.url)
let users = 2

/** Both ways of carrying out a call, on members that have the jar. */
for (const membersJar of ['off', 'required']) {
  const options = { ...optionsFor(cluster), prefix: `${membersJar}:`, membersJar }
  const otherProcess = () =>
    remoteDriver(forkProgram(worker, ['hazelcast', JSON.stringify(options)], { serialization: 'advanced' }))
  const remove = async () => {
    users -= 1
    if (users === 0) await cluster.stop()
  }
  vitest.describe(`with membersJar: ${membersJar}`, () => {
    driverSuite(vitest, { definition: hazelcast, options, otherProcess, remove })
  })
}
