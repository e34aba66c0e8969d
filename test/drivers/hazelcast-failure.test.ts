import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../../examples/two-nodes/free-port.js'
import type { HazelcastLibrary, HazelcastMap } from '../../src/drivers/hazelcast/client.js'
import { attributes, minute, start, TestDeadline, TestSpace, textsOf } from '../../src/testing/suite/test-space.js'
import { type HazelcastCluster, membersJar, startHazelcast } from '../support/hazelcast-members.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { emptySpace, openHazelcast, optionsFor, visitHazelcast } from './hazelcast-fixture.js'

let cluster: HazelcastCluster
beforeAll(async () => {
  // It tells clients an address where nothing is, so that they reconnect to the one that they were given.
  cluster = await startHazelcast({
    jars: [await membersJar()],
    network: `<public-address>127.0.0.1:${await freePort()}</public-address>`,
  })
})
afterAll(() => cluster?.stop())

/** Both ways of carrying out a call. */
const ways = [{ membersJar: 'off' }, { membersJar: 'required' }]

const serialization = { defaultNumberType: 'double' }
const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** The map of the space, as another program sees it. */
async function foreignMap<V>(name: string): Promise<HazelcastMap<V>> {
  const { default: library } = await import('hazelcast-client')
  const { name: clusterName, addresses } = cluster
  const client = await (library as unknown as HazelcastLibrary).Client.newHazelcastClient({
    clusterName,
    network: { clusterMembers: [...addresses] },
    serialization,
    customLogger: silent,
  })
  onTestFinished(() => client.shutdown())
  return client.getMap<V>(name)
}

describe('a visit of an operator', () => {
  it('lists and ends what a node has stored, and writes no entry to see the backups', async () => {
    const prefix = `visit-${Date.now()}:`
    const space = await emptySpace({ ...optionsFor(cluster), prefix })
    await space.create('a', { principal: 'ada' })
    const driver = await visitHazelcast({ ...optionsFor(cluster), prefix })
    await driver.prepare?.(['shop:session'])
    const { details } = await driver.health({ now: space.now })
    expect(details).toMatchObject({ members: 1 })
    expect(details).not.toHaveProperty('backups')
    expect(await (await foreignMap(`${prefix}health`)).get('last')).toBeNull()
    const visited = driver.space('shop:session', { endGraceMs: minute })
    expect((await visited.list({ now: space.now, limit: 10 })).items).toMatchObject([{ id: 'a', principal: 'ada' }])
    const end = { mode: 'update', id: 'a', version: 'v2', ending: 'ended' } as const
    expect(await visited.save(end, { now: space.now })).toMatchObject({ status: 'saved' })
    expect(await space.ids()).toEqual([])
  })
})

describe('a Hazelcast that cannot be used', () => {
  it('is refused at open, with the cause', async () => {
    await expect(openHazelcast({ members: ['127.0.0.1:1'] })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED 127.0.0.1:1'),
    })
  })

  it('is refused for another cluster name, and can be opened later', async () => {
    await expect(openHazelcast({ ...optionsFor(cluster), clusterName: 'another' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('clusterName'),
    })
    await openHazelcast(optionsFor(cluster))
  })

  it('refuses a user without Enterprise, and no message tells the password', async () => {
    const secret = { username: 'koa', password: 'a-secret-word' }
    const error = await openHazelcast({ ...optionsFor(cluster), ...secret }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE' })
    expect([error.message, error.stack, JSON.stringify([error.details, error.cause])].join()).not.toContain(
      'a-secret-word',
    )
  })

  it('is told by health when it has one member', async () => {
    const driver = await openHazelcast(optionsFor(cluster))
    const isTold = async () =>
      expect(await driver.health({ now: start })).toEqual({
        warnings: [expect.stringContaining('a single member')],
        details: { members: 1, versions: '5.7.0', membersJar: 'version 1', backups: 0 },
      })
    await vi.waitFor(isTold, { timeout: 10_000 }) // until it knows which member has which part of a map
  })
})

describe('a Hazelcast that fails', () => {
  it('and goes away rejects every call at once; back again, it is used again', { timeout: 90_000 }, async () => {
    const own = await startHazelcast()
    onTestFinished(() => own.stop())
    const space = await emptySpace(optionsFor(own))
    await space.create('a')
    await own.members[0]?.kill()
    await vi.waitFor(() => expect(space.load('a')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' }))
    for (const call of [space.load('a'), space.create('a'), space.claim(), space.ids(), space.count()])
      await expect(call).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await own.start(0)
    await vi.waitFor(() => space.create('a'), { interval: 20, timeout: 20_000 })
    expect((await space.load('a')).status).toBe('loaded')
  })

  it.each(ways)('leaves open what became of a save whose answer was lost (%o)', async (way) => {
    const proxy = await TcpProxy.to(cluster.members[0]?.port ?? 0)
    onTestFinished(() => proxy.close())
    const space = await emptySpace({ ...way, clusterName: cluster.name, members: [`127.0.0.1:${proxy.port}`] })
    await space.create('a')
    proxy.catchReply('a rare text').cut(3)
    const set = attributes({ cart: 'a rare text' })
    await expect(space.update('a', { set })).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    const stored = await vi.waitFor(() => space.stored('a'), { interval: 20, timeout: 10_000 })
    expect(textsOf(stored)).toEqual([['cart', 'a rare text']])
  })

  it('and is lost again while a client tells it what it has, is used again', async () => {
    const proxy = await TcpProxy.to(cluster.members[0]?.port ?? 0)
    onTestFinished(() => proxy.close())
    const space = await emptySpace({ clusterName: cluster.name, members: [`127.0.0.1:${proxy.port}`] })
    await space.create('a')
    proxy.loseRequest('koa-scopes.record') // the name of the type, which a client sends after each reconnection
    proxy.cut()
    await vi.waitFor(() => space.create('b'), { interval: 20, timeout: 20_000 })
    expect((await space.load('a')).status).toBe('loaded')
  })

  it.each(ways)('carries out nothing for a caller that has given up (%o)', async (way) => {
    const space = await emptySpace({ ...optionsFor(cluster), ...way })
    const deadline = new TestDeadline()
    deadline.pass()
    const late = { mode: 'create', id: 'a', version: 'v', seal: 's', life: { idleMs: minute, endsAt: null } } as const
    await expect(space.space.save(late, { now: start, deadline })).rejects.toThrow()
    expect(await space.load('a')).toEqual({ status: 'missing' })
  })
})

describe('the maps of the driver hazelcast', () => {
  it('hold nothing of another prefix', async () => {
    const [one, other] = [await emptySpace(optionsFor(cluster)), await emptySpace(optionsFor(cluster))]
    await one.create('a', { set: attributes({ cart: '1' }) })
    expect(await other.load('a')).toEqual({ status: 'missing' })
    await other.create('a', { set: attributes({ cart: '2' }) })
    expect(textsOf(await one.stored('a'))).toEqual([['cart', '1']])
    expect(await one.ids()).toEqual(['a'])
  })

  it('have names that Hazelcast takes for nothing else', async () => {
    const driver = await openHazelcast({ ...optionsFor(cluster), prefix: 'names:' })
    const spaces = ['a*b', 'a@b', 'a%2Ab', 'a/b'].map((name) => new TestSpace(name, driver))
    for (const space of spaces) await space.create(space.name)
    for (const space of spaces) expect(await space.ids()).toEqual([space.name])
  })

  it.each(ways)(
    'are refused as corrupt where another program has written, without what is in them (%o)',
    async (way) => {
      const prefix = `foreign-${way.membersJar}:`
      const space = await emptySpace({ ...optionsFor(cluster), ...way, prefix })
      const map = await foreignMap<string>(`${prefix}records:shop%3Asession`)
      await map.set('a', 'card 4111-1111')
      const error = await space.load('a').catch((thrown) => thrown)
      expect(error.code).toBe('STORAGE_CORRUPT')
      expect([error.message, String(error.cause)].join()).not.toContain('4111')
    },
  )

  it.each(ways)('give those due longest first, of many at once and of many at the same time (%o)', async (way) => {
    const space = await emptySpace({ ...optionsFor(cluster), ...way })
    const idleOf = (n: number) => (n < 60 ? minute : minute + n)
    const ids = Array.from({ length: 100 }, (_, n) => `id-${n}`)
    await Promise.all(ids.map((id, n) => space.create(id, { life: { idleMs: idleOf(n), endsAt: null } })))
    space.pass(2 * minute)
    const claimed: string[] = []
    for (let claims = await space.claim({ limit: 7 }); claims.length > 0; claims = await space.claim({ limit: 7 }))
      claimed.push(...claims.map(({ record }) => record.id))
    expect(claimed.length).toBe(100)
    expect(new Set(claimed.slice(0, 60))).toEqual(new Set(ids.slice(0, 60)))
    expect(claimed.slice(60)).toEqual(ids.slice(60))
  })
})
