import { onTestFinished } from 'vitest'
import type { HazelcastClient, HazelcastLibrary } from '../../src/drivers/hazelcast/client.js'
import { HazelcastDriver } from '../../src/drivers/hazelcast/driver.js'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import { libraryFor } from '../../src/drivers/hazelcast/library.js'
import { hazelcastOptions } from '../../src/drivers/hazelcast/options.js'
import type { HazelcastCluster } from '../support/hazelcast-members.js'
import { fixtureOf } from './fixture.js'

export const optionsFor = ({ name, addresses }: Pick<HazelcastCluster, 'name' | 'addresses'>) => ({
  clusterName: name,
  members: addresses,
})

export const { open: openHazelcast, visit: visitHazelcast, emptySpace } = fixtureOf(hazelcast)

/** An open driver that is closed when the test ends; `onClient` gets each client of the library that it makes. */
export async function openWatched(
  given: object,
  onClient: (client: HazelcastClient) => void,
): Promise<HazelcastDriver> {
  const library = await libraryFor('watched')
  const Client: HazelcastLibrary['Client'] = {
    async newHazelcastClient(config) {
      const client = await library.Client.newHazelcastClient(config)
      onClient(client)
      return client
    },
  }
  const options = hazelcastOptions.parse(given)
  const watched = Object.create(library, { Client: { value: Client } })
  const driver = new HazelcastDriver(hazelcast.capabilities(options), options, watched, { cache: 'watched' })
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}
