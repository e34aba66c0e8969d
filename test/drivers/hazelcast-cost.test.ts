import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HazelcastClient } from '../../src/drivers/hazelcast/client.js'
import { attributes, bytes, minute, start, TestSpace } from '../../src/testing/suite/test-space.js'
import { countedLine } from '../support/counted-line.js'
import { type HazelcastCluster, membersJar, startHazelcast } from '../support/hazelcast-members.js'
import { emptySpace, openHazelcast, openWatched, optionsFor } from './hazelcast-fixture.js'

let cluster: HazelcastCluster
beforeAll(async () => {
  cluster = await startHazelcast({ jars: [await membersJar()] })
})
afterAll(() => cluster?.stop())

/** The client numbers its requests. */
interface Numbering {
  readonly invocationService: { readonly correlationCounter: number }
}

/** A space, and what calls on it cost in requests of its client. */
async function counted(jar: 'off' | 'required') {
  const clients: HazelcastClient[] = []
  const options = { ...optionsFor(cluster), prefix: `cost-${jar}:`, membersJar: jar }
  const driver = await openWatched(options, (client) => clients.push(client))
  const requests = () => (clients.at(-1) as HazelcastClient & Numbering).invocationService.correlationCounter
  const space = new TestSpace('shop:session', driver)
  await space.create('warm')
  const costOf = async (call: () => Promise<unknown>) => {
    const before = requests()
    await call()
    return requests() - before
  }
  return { space, costOf }
}

/** The calls of the contract on one record. */
async function costs({ space, costOf }: Awaited<ReturnType<typeof counted>>) {
  const lease = { token: 'token', leaseMs: 1_000, now: space.now }
  return {
    create: await costOf(() => space.create('a', { set: attributes({ cart: '1' }) })),
    look: await costOf(() => space.load('a')),
    load: await costOf(() => space.load('a', { touch: { touchedAt: start + 1, hits: 1 } })),
    save: await costOf(() => space.update('a', { set: attributes({ cart: '2' }) })),
    lock: await costOf(async () => space.space.lock?.('a', lease)),
  }
}

/** Claims so many records, renews and settles them. */
async function costsOfClaims({ space, costOf }: Awaited<ReturnType<typeof counted>>, other: TestSpace, count: number) {
  const ids = Array.from({ length: count }, (_, n) => `due-${n}`)
  await Promise.all(ids.map((id) => space.create(id, { life: { idleMs: minute, endsAt: null } })))
  // The first claim would be reported to other nodes, by requests that it does not wait for.
  other.pass(minute)
  await other.claim({ leaseMs: minute })
  space.pass(2 * minute)
  let claims: Awaited<ReturnType<TestSpace['claim']>> = []
  return {
    claim: await costOf(async () => {
      claims = await space.claim()
    }),
    renew: await costOf(() => space.renew(claims)),
    settle: await costOf(() => space.settle(claims)),
    settled: claims.length,
  }
}

const another = async (space: TestSpace) =>
  space.through(await openHazelcast({ ...optionsFor(cluster), prefix: 'cost-required:' }))

describe('what the driver hazelcast sends to members without the jar', () => {
  it('is one request for a look, and two for a load with a touch, a save, a create and a lock', async () => {
    const line = await counted('off')
    expect(await costs(line)).toEqual({ create: 2, look: 1, load: 2, save: 2, lock: 2 })
  })
})

describe('what the driver hazelcast sends to members that have the jar', () => {
  it('is one request for each call on one record', async () => {
    const line = await counted('required')
    expect(await costs(line)).toEqual({ create: 1, look: 1, load: 1, save: 1, lock: 1 })
  })

  it('is one request for the ids of due records, and then one for each of them', async () => {
    const line = await counted('required')
    expect(await costsOfClaims(line, await another(line.space), 20)).toEqual({
      claim: 22,
      renew: 20,
      settle: 20,
      settled: 20,
    })
  })

  it('is one request for each of fifty changes of one record at once', async () => {
    const { space, costOf } = await counted('required')
    const other = await another(space)
    await space.create('counter')
    const each = Array.from({ length: 50 }, (_, n) => n)
    const touch = { touchedAt: start, hits: 1 }
    const others = Promise.all(each.map(() => other.load('counter', { touch })))
    const cost = await costOf(() => Promise.all(each.map(() => space.load('counter', { touch }))))
    await others
    expect(cost).toBe(50)
    const names = each.map((n) => `n${n}`)
    const save = (name: string) => space.update('counter', { set: attributes({ [name]: name }) })
    expect(await costOf(() => Promise.all(names.map(save)))).toBe(50)
    const { hits, attributes: stored } = await space.stored('counter')
    expect(hits).toBe(100)
    expect([...stored.keys()].sort()).toEqual(names.sort())
  })

  it('is as short for a large session as for a small one, unless it is loaded whole', async () => {
    const line = await countedLine(cluster.members[0]?.port ?? 0)
    const space = await emptySpace({ ...optionsFor(cluster), members: [`127.0.0.1:${line.port}`] })
    const touch = { touchedAt: start, hits: 1 }
    const set = new Map([['cart', bytes('a small change')]])
    const costsOf = async (id: string, size: number) => {
      await space.create(id, { version: 'v1', set: new Map([['large', new Uint8Array(size)]]) })
      const load = await least(() => line.of(() => space.load(id, { touch, ifChangedSince: 'v1' })))
      const save = await least(() => line.of(() => space.update(id, { version: 'v1', set })))
      return { load, save }
    }
    const small = await costsOf('id-1', 1)
    expect(await costsOf('id-2', 100_000)).toEqual(small)
    expect(small.load).toBeLessThan(500)
    expect(small.save).toBeLessThan(600)
    expect((await line.of(() => space.load('id-2'))).received).toBeGreaterThan(100_000)
  })
})

/** The bytes in both directions of the cheapest of some calls: a heartbeat may fall into one. */
async function least(cost: () => Promise<{ readonly sent: number; readonly received: number }>): Promise<number> {
  const costs = [await cost(), await cost(), await cost()]
  return Math.min(...costs.map(({ sent, received }) => sent + received))
}
