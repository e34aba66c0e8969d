import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Driver } from '../../src/storage/contract.js'
import { attributes, start, textsOf } from '../../src/testing/suite/test-space.js'
import { AcknowledgedLoad } from '../support/acknowledged-load.js'
import { type HazelcastCluster, membersJar, startHazelcast } from '../support/hazelcast-members.js'
import { emptySpace, openHazelcast, optionsFor } from './hazelcast-fixture.js'

/** Members that begin without the jar. */
let cluster: HazelcastCluster
beforeAll(async () => {
  cluster = await startHazelcast({ later: 1 })
})
afterAll(() => cluster?.stop())

const stateOf = async (driver: Driver) => (await driver.health({ now: start })).details.membersJar
const hasState = (driver: Driver, state: string) =>
  vi.waitFor(async () => expect(await stateOf(driver)).toBe(state), { timeout: 30_000, interval: 50 })

describe('members of Hazelcast without the jar', () => {
  it('are used all the same, unless the jar is required', async () => {
    const driver = await openHazelcast(optionsFor(cluster))
    expect(await stateOf(driver)).toBe('none')
    await expect(openHazelcast({ ...optionsFor(cluster), membersJar: 'required' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('do not have version 1 of the jar'),
    })
  })

  it('are replaced by members that have it, and the other way round, and nothing is lost', {
    timeout: 120_000,
  }, async () => {
    const space = await emptySpace(optionsFor(cluster))
    await space.create('a', { set: attributes({ cart: '1' }) })
    const load = new AcknowledgedLoad(space)
    await load.begin(4)
    const [without] = cluster.members
    const having = await cluster.start(1, [await membersJar()])
    expect(await stateOf(space.driver)).not.toBe('version 1')
    await without?.leave()
    await hasState(space.driver, 'version 1')
    await load.acknowledges(100)
    expect(textsOf(await space.stored('a'))).toEqual([['cart', '1']])

    await space.update('a', { set: attributes({ cart: '2' }) })
    await cluster.start(0)
    await load.acknowledges(100)
    await having.leave()
    await hasState(space.driver, 'none')
    await load.acknowledges(100)
    await load.end()
    expect(await load.lost()).toEqual([])
    expect(textsOf(await space.stored('a'))).toEqual([['cart', '2']])
  })
})
