import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { attributes, start } from '../../src/testing/suite/test-space.js'
import { AcknowledgedLoad } from '../support/acknowledged-load.js'
import { type HazelcastCluster, membersJar, startHazelcast } from '../support/hazelcast-members.js'
import { emptySpace, openHazelcast, optionsFor } from './hazelcast-fixture.js'

/** KILLS=20 loses a member so often. Three members take half a minute to start, so that the suite leaves this out. */
const kills = Number(process.env.KILLS ?? 0)

let cluster: HazelcastCluster
beforeAll(async () => {
  if (kills > 0) cluster = await startHazelcast({ members: 3, later: 1, jars: [await membersJar()] })
}, 180_000)
afterAll(() => cluster?.stop())

describe.skipIf(kills === 0).each([
  ['required', 'version 1'],
  ['off', 'off'],
])('a Hazelcast cluster of three members, membersJar: %s (needs KILLS=1, and a minute)', (membersJar, state) => {
  const options = () => ({ ...optionsFor(cluster), membersJar })

  it('is healthy, and says what it is made of', async () => {
    const driver = await openHazelcast(options())
    const details = { members: 3, versions: '5.7.0', membersJar: state, backups: 1 }
    const isHealthy = async () => expect(await driver.health({ now: start })).toEqual({ warnings: [], details })
    await vi.waitFor(isHealthy, { timeout: 10_000 }) // until it is connected to all three
  })

  it(`loses nothing acknowledged when a member is killed under load, ${kills} times`, {
    timeout: 60_000 + kills * 120_000,
  }, async () => {
    for (let killed = 0; killed < kills; killed += 1) {
      const load = new AcknowledgedLoad(await emptySpace(options()))
      await load.begin(8)
      const member = cluster.members[killed % 3]
      await member?.kill()
      await load.acknowledges(100)
      await load.end()
      expect(await load.lost()).toEqual([])
      for (const failure of load.failures)
        expect(failure).toMatchObject({ code: expect.stringMatching(/^STORAGE_UNA(VAILABLE|NSWERED)$/) })
      await cluster.start(cluster.addresses.indexOf(member?.address ?? ''))
    }
  })

  it('loses nothing when a member joins under load', { timeout: 120_000 }, async () => {
    const space = await emptySpace(options())
    const load = new AcknowledgedLoad(space)
    await load.begin(8)
    const member = await cluster.start(3)
    await load.acknowledges(100)
    await load.end()
    expect(await load.lost()).toEqual([])
    const ids = await space.ids({ limit: 7 })
    expect(new Set(ids).size).toBe(ids.length)
    expect(await space.count()).toBe(ids.length)
    await member.kill()
  })

  it('has no sessions left when all members were restarted, and nodes go on', { timeout: 180_000 }, async () => {
    const restarted = { ...options(), prefix: `restarted-${membersJar}:` }
    const space = await emptySpace(restarted)
    const other = space.through(await openHazelcast(restarted))
    await space.create('a', { set: attributes({ cart: '1' }) })
    const heard: string[] = []
    const listener = { onChange: ({ kind, id }: { kind: string; id: string }) => heard.push(`${kind} ${id}`) }
    await space.space.watch?.({ ...listener, onGap: () => heard.push('gap') })
    await Promise.all([...cluster.members].map((member) => member.kill()))
    await vi.waitFor(() => expect(space.load('a')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' }))
    await Promise.all([0, 1, 2].map((place) => cluster.start(place)))

    await vi.waitFor(async () => expect(await space.load('a')).toEqual({ status: 'missing' }), { timeout: 30_000 })
    await vi.waitFor(() => expect(heard).toEqual(['gap']), { timeout: 30_000 })
    await vi.waitFor(() => other.create('b'), { timeout: 30_000 })
    await other.update('b', { ending: 'logout' })
    await vi.waitFor(() => expect(heard).toContain('ended b'), { timeout: 10_000 })
    expect((await space.claim()).map(({ record }) => record.id)).toEqual(['b'])
  })
})
