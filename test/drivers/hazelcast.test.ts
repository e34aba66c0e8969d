import * as vitest from 'vitest'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import { driverSuite, remoteDriver } from '../../src/testing/index.js'
import { startHazelcast } from '../support/hazelcast-members.js'
import { forkProgram } from '../support/program.js'
import { optionsFor } from './hazelcast-fixture.js'

const cluster = await startHazelcast()
const options = optionsFor(cluster)
const worker = new URL('../processes/served-driver.ts', import.meta.url)
const otherProcess = () =>
  remoteDriver(forkProgram(worker, ['hazelcast', JSON.stringify(options)], { serialization: 'advanced' }))

driverSuite(vitest, { definition: hazelcast, options, otherProcess, remove: cluster.stop })
