import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HazelcastClient, HazelcastMap } from '../../src/drivers/hazelcast/client.js'
import { minute, TestSpace } from '../../src/testing/suite/test-space.js'
import { type HazelcastCluster, startHazelcast } from '../support/hazelcast-members.js'
import { openHazelcast, openWatched, optionsFor } from './hazelcast-fixture.js'

let cluster: HazelcastCluster
beforeAll(async () => {
  cluster = await startHazelcast()
})
afterAll(() => cluster?.stop())

/** Has the client run `before` first whenever it fetches entries of a map. */
function beforeFetches(client: HazelcastClient, before: () => Promise<unknown>): void {
  const getMap = client.getMap.bind(client)
  client.getMap = async <V>(name: string): Promise<HazelcastMap<V>> => {
    const map = await getMap<V>(name)
    const fetch = map.entrySetWithPredicate.bind(map)
    return Object.assign(map, {
      async entrySetWithPredicate(...wanted: Parameters<typeof fetch>) {
        await before()
        return fetch(...wanted)
      },
    })
  }
}

describe('a claim on members without the jar', () => {
  /** Records of which `count` expire at each of these minutes, and a caller that another one overtakes as soon as it has counted them. */
  async function overtaken(minutes: readonly number[], count: number) {
    const options = { ...optionsFor(cluster), prefix: `${randomUUID()}:`, membersJar: 'off' }
    const other = new TestSpace('shop:session', await openHazelcast(options))
    const each = Array.from({ length: count }, (_, n) => n)
    for (const m of minutes)
      for (const n of each) await other.create(`${m}-${n}`, { life: { idleMs: m * minute, endsAt: null } })
    other.pass(60 * minute)
    let overtakes = 0
    const claimFirst = async () => {
      if (overtakes === 0) overtakes = (await other.claim({ limit: count })).length
    }
    const driver = await openWatched(options, (client) => beforeFetches(client, claimFirst))
    return { space: other.through(driver), isOvertaken: () => overtakes === count }
  }

  it.each([
    { minutes: [1, 50], count: 4 },
    { minutes: [1, 50], count: 20 },
    { minutes: [50], count: 4 },
  ])('is for those due later if others were faster at the first $count at $minutes', async ({ minutes, count }) => {
    const { space, isOvertaken } = await overtaken(minutes, count)
    const claims = await space.claim({ limit: 2 })
    expect(isOvertaken()).toBe(true)
    expect(claims.map(({ record }) => record.id.split('-')[0])).toEqual(minutes.length > 1 ? ['50', '50'] : [])
  })
})
