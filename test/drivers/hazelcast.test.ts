import * as vitest from 'vitest'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { startHazelcast } from '../support/hazelcast-members.js'

const { name, addresses, stop } = await startHazelcast()

driverSuite(vitest, { definition: hazelcast, options: { members: addresses, clusterName: name }, remove: stop })
