import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { HazelcastClient, HazelcastLibrary } from '../../src/drivers/hazelcast/client.js'
import { HazelcastDriver } from '../../src/drivers/hazelcast/driver.js'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import { libraryFor } from '../../src/drivers/hazelcast/library.js'
import { hazelcastOptions } from '../../src/drivers/hazelcast/options.js'
import { attributes, start, TestSpace } from '../../src/testing/suite/test-space.js'
import { type HazelcastCluster, startHazelcast } from '../support/hazelcast-members.js'
import { optionsFor } from './hazelcast-fixture.js'

let cluster: HazelcastCluster
beforeAll(async () => {
  cluster = await startHazelcast()
})
afterAll(() => cluster?.stop())

/** The client numbers its requests. */
interface Numbering {
  readonly invocationService: { readonly correlationCounter: number }
}

/** A space, and how many requests its client has sent. */
async function counted(): Promise<{ space: TestSpace; requests: () => number }> {
  const library = await libraryFor('cost')
  const clients: HazelcastClient[] = []
  const Client: HazelcastLibrary['Client'] = {
    async newHazelcastClient(config) {
      const client = await library.Client.newHazelcastClient(config)
      clients.push(client)
      return client
    },
  }
  const options = hazelcastOptions.parse({ ...optionsFor(cluster), prefix: 'cost:' })
  const capabilities = hazelcast.capabilities(options)
  const driver = new HazelcastDriver(
    capabilities,
    options,
    Object.create(library, { Client: { value: Client } }),
    'cost',
  )
  await driver.open()
  onTestFinished(() => driver.close())
  const requests = () => (clients.at(-1) as HazelcastClient & Numbering).invocationService.correlationCounter
  return { space: new TestSpace('shop:session', driver), requests }
}

describe('what the driver hazelcast sends', () => {
  it('is one request for a look, and two for a load with a touch, a save, a create and a lock', async () => {
    const { space, requests } = await counted()
    await space.create('warm')
    const costOf = async (call: () => Promise<unknown>) => {
      const before = requests()
      await call()
      return requests() - before
    }
    expect(await costOf(() => space.create('a', { set: attributes({ cart: '1' }) }))).toBe(2)
    expect(await costOf(() => space.load('a'))).toBe(1)
    expect(await costOf(() => space.load('a', { touch: { touchedAt: start + 1, hits: 1 } }))).toBe(2)
    expect(await costOf(() => space.update('a', { set: attributes({ cart: '2' }) }))).toBe(2)
    const lease = { token: 'token', leaseMs: 1_000, now: space.now }
    expect(await costOf(async () => space.space.lock?.('a', lease))).toBe(2)
  })
})
