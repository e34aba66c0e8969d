import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { attributes, bytes, start, type TestSpace } from '../../src/testing/suite/test-space.js'
import { type HazelcastCluster, startHazelcast } from '../support/hazelcast-members.js'
import { emptySpace, openHazelcast, optionsFor } from './hazelcast-fixture.js'

/** KILLS=20 loses a member so often. Three members take half a minute to start, so that the suite leaves this out. */
const kills = Number(process.env.KILLS ?? 0)

let cluster: HazelcastCluster
beforeAll(async () => {
  if (kills > 0) cluster = await startHazelcast({ members: 3, later: 1 })
}, 180_000)
afterAll(() => cluster?.stop())

/** Writers of records of their own, and what was acknowledged to them. */
class Load {
  readonly #space: TestSpace
  readonly #saved = new Map<string, Set<string>>()
  readonly #hits = new Map<string, { acknowledged: number; tried: number }>()
  readonly #created = new Set<string>()
  readonly failures: unknown[] = []
  acknowledged = 0
  #isOver = false
  #writers: Promise<unknown> = Promise.resolve()

  constructor(space: TestSpace) {
    this.#space = space
    onTestFinished(() => this.end())
  }

  async begin(writers: number): Promise<void> {
    const ids = Array.from({ length: writers }, (_, n) => `writer-${n}`)
    for (const id of ids) await this.#space.create(id)
    this.#writers = Promise.all(ids.map((id) => this.#write(id)))
    await this.acknowledges(5 * writers)
  }

  /** Resolves when so many further saves have been acknowledged. */
  async acknowledges(count: number): Promise<void> {
    const until = this.acknowledged + count
    await vi.waitFor(() => expect(this.acknowledged).toBeGreaterThan(until), { timeout: 60_000, interval: 20 })
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#writers
  }

  /** What was acknowledged and is not there. */
  async lost(): Promise<string[]> {
    const lost: string[] = []
    for (const [id, names] of this.#saved) {
      const { attributes: stored, hits } = await vi.waitFor(() => this.#space.stored(id), { timeout: 20_000 })
      for (const name of names) if (!stored.has(name)) lost.push(`${id} ${name}`)
      const { acknowledged = 0, tried = 0 } = this.#hits.get(id) ?? {}
      if (hits < acknowledged || hits > tried) lost.push(`${id} has ${hits} hits, not ${acknowledged} to ${tried}`)
    }
    for (const id of this.#created) if ((await this.#space.load(id)).status !== 'loaded') lost.push(id)
    return lost
  }

  async #write(id: string): Promise<void> {
    const saved = new Set<string>()
    const hits = { acknowledged: 0, tried: 0 }
    this.#saved.set(id, saved)
    this.#hits.set(id, hits)
    for (let n = 0; !this.#isOver; n += 1) {
      const name = `attribute-${n}`
      // A record that grows for ever would only measure how long it takes to send it.
      const unset = [...saved].slice(0, Math.max(0, saved.size - 40))
      await this.#attempt(async () => {
        await this.#space.update(id, { set: new Map([[name, bytes(name)]]), unset })
        saved.add(name)
        this.acknowledged += 1
        for (const old of unset) saved.delete(old)
      })
      hits.tried += 1
      await this.#attempt(async () => {
        await this.#space.load(id, { touch: { touchedAt: start, hits: 1 } })
        hits.acknowledged += 1
      })
      if (n % 5 === 0)
        await this.#attempt(async () => {
          await this.#space.create(`${id}-${n}`)
          this.#created.add(`${id}-${n}`)
        })
    }
  }

  /** One failure is enough to look at if nothing but failures come. */
  async #fail(error: unknown): Promise<void> {
    this.failures.push(error)
    if (this.failures.length > 10_000) this.#isOver = true
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    await work().catch((error) => this.#fail(error))
  }
}

describe.skipIf(kills === 0)('a Hazelcast cluster of three members (needs KILLS=1, and a minute)', () => {
  it('is healthy, and says what it is made of', async () => {
    const driver = await openHazelcast(optionsFor(cluster))
    const details = { members: 3, versions: '5.7.0', backups: 1 }
    const isHealthy = async () => expect(await driver.health({ now: start })).toEqual({ warnings: [], details })
    await vi.waitFor(isHealthy, { timeout: 10_000 }) // until it is connected to all three
  })

  it(`loses nothing acknowledged when a member is killed under load, ${kills} times`, {
    timeout: 60_000 + kills * 120_000,
  }, async () => {
    for (let killed = 0; killed < kills; killed += 1) {
      const load = new Load(await emptySpace(optionsFor(cluster)))
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
    const space = await emptySpace(optionsFor(cluster))
    const load = new Load(space)
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
    const options = { ...optionsFor(cluster), prefix: 'restarted:' }
    const space = await emptySpace(options)
    const other = space.through(await openHazelcast(options))
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
