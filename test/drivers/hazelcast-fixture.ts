import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import type { HazelcastCluster } from '../support/hazelcast-members.js'
import { fixtureOf } from './fixture.js'

export const optionsFor = ({ name, addresses }: Pick<HazelcastCluster, 'name' | 'addresses'>) => ({
  clusterName: name,
  members: addresses,
})

export const { open: openHazelcast, visit: visitHazelcast, emptySpace } = fixtureOf(hazelcast)
