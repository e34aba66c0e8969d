import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import type { Driver } from '../../src/storage/contract.js'
import { TestSpace } from '../../src/testing/suite/test-space.js'
import type { HazelcastCluster } from '../support/hazelcast-members.js'

const environment = { cache: 'shared', directory: '/', onEvicted() {} }

export const optionsFor = ({ name, addresses }: Pick<HazelcastCluster, 'name' | 'addresses'>) => ({
  clusterName: name,
  members: addresses,
})

export const createHazelcast = (options: object): Promise<Driver> =>
  hazelcast.create(hazelcast.options.parse(options), environment)

/** A driver that is closed when the test ends. */
export async function openHazelcast(options: object): Promise<Driver> {
  const driver = await createHazelcast(options)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

/** An empty space, under a prefix of its own unless the options name one. */
export async function emptySpace(options: object): Promise<TestSpace> {
  return new TestSpace('shop:session', await openHazelcast({ prefix: `${randomUUID()}:`, ...options }))
}
