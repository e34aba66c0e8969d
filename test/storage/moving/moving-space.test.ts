import { describe, expect, it } from 'vitest'
import { isScopesError } from '../../../src/errors/scopes-error.js'
import type { ChangeListener, ChangeNotice, Space } from '../../../src/storage/contract.js'
import { movingSpace } from '../../../src/storage/moving/moving-space.js'
import { readingSpace } from '../../../src/storage/moving/reading-space.js'
import { StorageError } from '../../../src/storage/storage-error.js'
import { attributes, textsOf } from '../../../src/testing/suite/test-space.js'
import { memorySpace } from '../../support/scope-environment.js'
import { contentOf, minute, TwoStores } from './two-stores.js'

describe('a record of the old store', () => {
  it('moves with everything it has when it is loaded, and keeps its version', async () => {
    const stores = new TwoStores()
    const before = await stores.begin('a')
    const node = stores.node()
    expect(contentOf(await stores.stored('a', node.space))).toEqual(contentOf(before))
    expect(await stores.homes('a')).toEqual(['new'])
    expect(await stores.has(stores.old, 'a')).toBe(false)
  })

  it('counts the visit that moves it, once', async () => {
    const stores = new TwoStores()
    const before = await stores.begin('a')
    const { space } = stores.node()
    const touch = { touchedAt: stores.now, hits: 1 }
    const found = await space.load('a', { now: stores.now, touch, ifChangedSince: before.version })
    expect(found).toMatchObject({ status: 'unchanged', hits: 5, previouslyTouchedAt: before.touchedAt })
  })

  it('moves for a save of a request that began before', async () => {
    const stores = new TwoStores()
    const { version } = await stores.begin('a')
    const { space } = stores.node()
    const saved = await stores.update(space, 'a', { set: attributes({ cart: '2' }), ifVersion: version })
    expect(saved).toEqual({ status: 'saved', previous: version })
    expect(textsOf(await stores.stored('a', stores.new))).toEqual([
      ['cart', '2'],
      ['size', 'm'],
    ])
  })

  it('moves once for requests at the same time', async () => {
    const stores = new TwoStores()
    await stores.begin('a')
    const { calls, space } = stores.node()
    const found = await Promise.all(Array.from({ length: 10 }, () => stores.load(space, 'a')))
    expect(found.map(({ status }) => status)).toEqual(Array(10).fill('loaded'))
    expect(calls.asked.filter((call) => call === 'settle')).toHaveLength(1)
  })

  it('stays where it is while a handler has locked it, and is served from there', async () => {
    const stores = new TwoStores()
    await stores.begin('a')
    const { space } = stores.node()
    const lock = { now: stores.now, leaseMs: minute, token: 'handler' }
    expect(await stores.old.lock?.('a', lock)).toBe('taken')
    expect((await stores.load(space, 'a')).status).toBe('loaded')
    expect((await stores.update(space, 'a', { set: attributes({ n: '1' }), lockToken: 'handler' })).status).toBe(
      'saved',
    )
    expect(await space.lock?.('a', { ...lock, token: 'other' })).toBe('held')
    expect(await stores.homes('a')).toEqual(['old'])
    expect(await space.unlock?.('a', { now: stores.now, token: 'handler' })).toBe(true)
    expect(await space.lock?.('a', { ...lock, token: 'other' })).toBe('taken')
    expect(await stores.homes('a')).toEqual(['new'])
  })

  it('keeps visits that come between its load and its departure', async () => {
    const stores = new TwoStores()
    const before = await stores.begin('a')
    const { calls, space } = stores.node()
    const departure = calls.hold('save')
    const loading = stores.load(space, 'a')
    await departure.reached
    await stores.old.load('a', { now: stores.now, touch: { touchedAt: stores.now, hits: 3 } })
    departure.open()
    await loading
    expect(await stores.stored('a', stores.new)).toMatchObject({ hits: before.hits + 3, touchedAt: stores.now })
  })

  it('is left alone if it was vacant, and may still be filled', async () => {
    const stores = new TwoStores()
    const { space } = stores.node()
    const create = {
      mode: 'create',
      id: 'a',
      version: 'v1',
      seal: 's',
      life: { idleMs: minute, endsAt: null },
    } as const
    await stores.old.save({ ...create, set: attributes({ cart: '1' }) }, { now: stores.now })
    await stores.update(stores.old, 'a', { unset: ['cart'], dropIfEmpty: true })
    expect((await stores.load(space, 'a')).status).toBe('missing')
    expect((await stores.update(space, 'a', { set: attributes({ cart: '2' }) })).status).toBe('saved')
    expect(textsOf(await stores.stored('a', space))).toEqual([['cart', '2']])
  })
})

describe('a record of the old store that is only looked at', () => {
  it('stays there for a load that is no visit, and moves for the next change', async () => {
    const stores = new TwoStores()
    const { version } = await stores.begin('a')
    const { space } = stores.node()
    expect((await space.load('a', { now: stores.now })).status).toBe('loaded')
    expect((await space.load('a', { now: stores.now, ifChangedSince: version })).status).toBe('unchanged')
    expect(await stores.homes('a')).toEqual(['old'])
    expect((await stores.update(space, 'a', { ending: 'ended', ifVersion: version })).status).toBe('saved')
    expect((await space.load('a', { now: stores.now })).status).toBe('missing')
  })

  it('is found also while a dead node has it on its way', async () => {
    const stores = new TwoStores()
    await stores.begin('a')
    await stores.strand('a')
    expect((await stores.node().space.load('a', { now: stores.now })).status).toBe('loaded')
  })

  it('stays there for a visitor with a wrong secret, who is refused as the store refuses', async () => {
    const stores = new TwoStores()
    await stores.begin('a')
    const { calls, space } = stores.node()
    const visit = (seal: string) => space.load('a', { now: stores.now, seal, touch: { touchedAt: stores.now } })
    expect(await visit('s2')).toEqual({ status: 'refused', replaced: 'r0' })
    expect(calls.asked).toEqual(['load', 'load', 'load'])
    expect(await stores.homes('a')).toEqual(['old'])
    expect((await visit('s1')).status).toBe('loaded')
    expect(await stores.homes('a')).toEqual(['new'])
  })

  it('is read and ended where it is by a process that is no node', async () => {
    const stores = new TwoStores()
    for (const id of ['a', 'b']) await stores.begin(id)
    await stores.begin('c', stores.new)
    const space = readingSpace(stores.new, stores.old)
    for (const id of ['a', 'c']) expect((await stores.load(space, id)).status).toBe('loaded')
    expect((await space.list({ now: stores.now, limit: 10 })).items.map(({ id }) => id).sort()).toEqual(['a', 'b'])
    expect(await space.count({ now: stores.now })).toBe(3)
    for (const id of ['b', 'c']) expect((await stores.update(space, id, { ending: 'ended' })).status).toBe('saved')
    expect(await stores.update(space, 'd', { ending: 'ended' })).toEqual({ status: 'missing' })
    expect(await stores.homes('a')).toEqual(['old'])
    const ends = await stores.sweep(stores.node().space)
    expect(ends.map(({ attempt, record }) => [record.id, attempt]).sort()).toEqual([['c', 1]])
    stores.clock.jump(1_000)
    const later = await stores.sweep(stores.node().space)
    expect(later.map(({ attempt, record }) => [record.id, attempt])).toEqual([['b', 1]])
  })
})

describe('a record that no store has', () => {
  it('costs a stranger a handful of calls, after the first few in a second', async () => {
    const stores = new TwoStores()
    const { calls, space } = stores.node()
    for (let n = 0; n < 5; n += 1) await stores.load(space, `first ${n}`)
    const before = calls.asked.length
    for (let n = 0; n < 200; n += 1) expect((await stores.load(space, `next ${n}`)).status).toBe('missing')
    expect(calls.asked.length - before).toBe(200 * 6)
    stores.clock.jump(1_000)
    const seen = calls.asked.length
    await stores.load(space, 'later')
    expect(calls.asked.length - seen).toBe(37)
    await stores.load(space, 'later')
    expect(calls.asked.length - seen).toBe(37 + 6)
  })

  it('is waited for as long as a sweep of a node that has died keeps it', async () => {
    const stores = new TwoStores()
    const before = await stores.begin('a')
    await stores.strand('a')
    stores.clock.jump(1_000)
    const sweeper = stores.node()
    const claimed = sweeper.calls.hold('claimExpired', { at: 'after' })
    void stores.sweep(sweeper.space)
    await claimed.reached
    let pauses = 0
    const late = stores.node('forth', async () => {
      pauses += 1
      stores.clock.jump(48)
    })
    expect(contentOf(await stores.stored('a', late.space))).toEqual(contentOf(before))
    expect(pauses).toBeGreaterThan(10)
  })

  it('is missing to loads, saves and locks', async () => {
    const stores = new TwoStores()
    const { space } = stores.node()
    expect(await stores.load(space, 'a')).toEqual({ status: 'missing' })
    expect(await stores.update(space, 'a', {})).toEqual({ status: 'missing' })
    expect(await space.lock?.('a', { now: stores.now, leaseMs: 1, token: 't' })).toBe('missing')
    expect(await space.unlock?.('a', { now: stores.now, token: 't' })).toBe(false)
  })

  it('is looked for again while another node may bring it in', async () => {
    const stores = new TwoStores()
    const before = await stores.begin('a')
    await stores.strand('a')
    // Another node has found it on its way, and is about to bring it in.
    const finder = stores.node()
    const arrival = finder.calls.hold('save')
    const found = stores.load(finder.space, 'a')
    await arrival.reached
    const late = stores.node('forth', async () => {
      arrival.open()
      await found
    })
    expect(contentOf(await stores.stored('a', late.space))).toEqual(contentOf(before))
  })
})

describe('ends', () => {
  it('of records in either store are given out, renewed and settled where they are', async () => {
    const stores = new TwoStores()
    await stores.begin('old one')
    await stores.begin('new one', stores.new)
    const { space } = stores.node()
    stores.clock.jump(31 * minute)
    const claims = await stores.sweep(space)
    expect(claims.map(({ attempt, record }) => [record.id, attempt]).sort()).toEqual([
      ['new one', 1],
      ['old one', 1],
    ])
    expect((await space.renew(claims, { now: stores.now, leaseMs: minute })).length).toBe(2)
    expect([...(await space.settle(claims, { now: stores.now }))].sort()).toEqual(['new one', 'old one'])
    expect([await stores.has(stores.old, 'old one'), await stores.has(stores.new, 'new one')]).toEqual([false, false])
  })

  it('never run for a record on its way, which a sweep brings in', async () => {
    const stores = new TwoStores()
    const before = await stores.begin('a')
    const dead = stores.node()
    const arrival = dead.calls.hold('save', { call: 2 })
    void stores.load(dead.space, 'a')
    await arrival.reached
    const { space } = stores.node()
    expect(await stores.sweep(space)).toEqual([])
    expect(await stores.homes('a')).toEqual([])
    stores.clock.jump(1_000)
    expect(await stores.sweep(space)).toEqual([])
    expect(await stores.homes('a')).toEqual(['new'])
    expect(contentOf(await stores.stored('a', stores.new))).toEqual(contentOf(before))
  })

  it('of a record whose visitor comes too late are left to the sweep, with their first attempt', async () => {
    const stores = new TwoStores()
    await stores.begin('a')
    const { space } = stores.node()
    stores.clock.jump(31 * minute)
    expect((await stores.load(space, 'a')).status).toBe('missing')
    const claims = await stores.sweep(space)
    expect(claims.map(({ attempt, record }) => [record.id, record.ending, attempt])).toEqual([['a', null, 1]])
    expect(await space.settle(claims, { now: stores.now })).toEqual(['a'])
  })

  it('wait while the old store is unavailable, but not its visitors who have moved', async () => {
    const stores = new TwoStores()
    await stores.begin('there', stores.new)
    const unavailable = () => {
      throw new StorageError('STORAGE_UNAVAILABLE', { cache: 'old', operation: 'test', reason: 'it is down' })
    }
    const down = { load: unavailable, claimExpired: unavailable, list: unavailable } as unknown as Space
    const space = movingSpace({ write: stores.new, fallback: down, cache: 'shared' }, stores.clock)
    expect((await stores.load(space, 'there')).status).toBe('loaded')
    await expect(stores.load(space, 'elsewhere')).rejects.toSatisfy((error) =>
      isScopesError(error, 'STORAGE_UNAVAILABLE'),
    )
    stores.clock.jump(31 * minute)
    await expect(stores.sweep(space)).rejects.toSatisfy((error) => isScopesError(error, 'STORAGE_UNAVAILABLE'))
    expect((await stores.new.claimExpired({ now: stores.now, limit: 1, leaseMs: 1 }))[0]?.attempt).toBe(1)
  })
})

describe('listings and counts', () => {
  it('have each record once, wherever it is, and if it moves meanwhile', async () => {
    const stores = new TwoStores()
    for (const n of Array.from({ length: 7 }, (_, n) => n)) await stores.begin(`old ${n}`)
    await stores.begin('new 0', stores.new)
    const { space } = stores.node()
    expect(await space.count({ now: stores.now })).toBe(8)
    const ids: string[] = []
    let from: { readonly cursor?: string } = {}
    do {
      const { cursor, items } = await space.list({ now: stores.now, limit: 3, principal: 'ada', ...from })
      ids.push(...items.map(({ id }) => id))
      from = cursor === undefined ? {} : { cursor }
      // One that was listed, and one that was not.
      for (const id of ['old 0', 'old 6']) await stores.load(space, id)
    } while (from.cursor !== undefined)
    expect(ids.sort()).toEqual(['new 0', ...Array.from({ length: 7 }, (_, n) => `old ${n}`)])
    expect((await space.list({ now: stores.now, limit: 3, principal: 'bob' })).items).toEqual([])
  })
})

describe('the listing of a principal', () => {
  async function listed(stores: TwoStores, space: Space, between: () => Promise<unknown>): Promise<string[]> {
    const ids: string[] = []
    let from: { readonly cursor?: string } = {}
    for (let pages = 0; pages === 0 || from.cursor !== undefined; pages += 1) {
      const { cursor, items } = await space.list({ now: stores.now, limit: 10, principal: 'ada', ...from })
      ids.push(...items.map(({ id }) => id))
      if (pages === 0) await between()
      from = cursor === undefined ? {} : { cursor }
    }
    return ids.sort()
  }

  it.each(['forth', 'back'] as const)('has a record that is on its way %s all the time', async (direction) => {
    const stores = new TwoStores()
    await stores.begin('a', direction === 'forth' ? stores.old : stores.new)
    const mover = stores.node(direction)
    const departed = mover.calls.hold('save', { at: 'after' })
    const moving = stores.load(mover.space, 'a')
    await departed.reached
    const { space } = stores.node()
    expect(await listed(stores, space, async () => {})).toEqual(['a'])
    departed.open()
    await moving
    expect(await stores.homes('a')).toHaveLength(1)
  })

  it('has a record once that moves back meanwhile, and one that moves forth', async () => {
    const stores = new TwoStores()
    await stores.begin('forth')
    await stores.begin('back', stores.new)
    const { space } = stores.node()
    const move = async () => {
      await stores.load(space, 'forth')
      await stores.load(stores.node('back').space, 'back')
    }
    expect(await listed(stores, space, move)).toEqual(['back', 'forth'])
  })

  it('leaves other due records to the next sweep of the node, with their first attempt', async () => {
    const stores = new TwoStores()
    for (const id of ['a', 'b']) await stores.begin(id)
    await stores.update(stores.old, 'a', { ending: 'invalidated' })
    const { space } = stores.node()
    expect(await listed(stores, space, async () => {})).toEqual(['b'])
    const claims = await stores.sweep(space)
    expect(claims.map(({ attempt, record }) => [record.id, attempt])).toEqual([['a', 1]])
    expect(await space.settle(claims, { now: stores.now })).toEqual(['a'])
  })
})

describe('notices', () => {
  /** A space whose notices the test sends. */
  function told(): { readonly space: Space; send(notice: ChangeNotice): void; gap(): void; isWatched(): boolean } {
    let listener: ChangeListener | undefined
    const watch = async (its: ChangeListener) => {
      listener = its
      return async () => {
        listener = undefined
      }
    }
    return {
      space: Object.assign(memorySpace(), { watch }),
      send: (notice) => listener?.onChange(notice),
      gap: () => listener?.onGap(),
      isWatched: () => listener !== undefined,
    }
  }

  it('of an end are passed on unless the record has only moved; all others are', async () => {
    const stores = new TwoStores()
    const [from, to] = [told(), told()]
    const space = movingSpace({ write: to.space, fallback: from.space, cache: 'shared' }, stores.clock)
    const heard: string[] = []
    const stop = await space.watch?.({
      onChange: ({ id, kind }) => heard.push(`${id} ${kind}`),
      onGap: () => heard.push('gap'),
    })
    await stores.begin('moved', to.space)
    from.send({ kind: 'ended', id: 'moved' })
    from.send({ kind: 'ended', id: 'gone' })
    to.send({ kind: 'ended', id: 'gone too' })
    to.send({ kind: 'saved', id: 'moved', version: 'v' })
    from.send({ kind: 'unlocked', id: 'a' })
    from.gap()
    await expect.poll(() => heard.length).toBe(5)
    expect(heard.sort()).toEqual(['a unlocked', 'gap', 'gone ended', 'gone too ended', 'moved saved'])
    await stop?.()
    expect([from.isWatched(), to.isWatched()]).toEqual([false, false])
  })

  it('are not promised if one store has none', () => {
    const stores = new TwoStores()
    const space = movingSpace({ write: told().space, fallback: memorySpace(), cache: 'shared' }, stores.clock)
    expect(space.watch).toBeUndefined()
  })

  it('are a gap if it cannot be found out whether a record has ended', async () => {
    const stores = new TwoStores()
    const from = told()
    const to = told()
    const load = async () => {
      throw new StorageError('STORAGE_UNAVAILABLE', { cache: 'to', operation: 'load', reason: 'it is down' })
    }
    const broken = Object.assign(to.space, { load })
    const space = movingSpace({ write: broken, fallback: from.space, cache: 'shared' }, stores.clock)
    const heard: string[] = []
    await space.watch?.({ onChange: ({ kind }) => heard.push(kind), onGap: () => heard.push('gap') })
    from.send({ kind: 'ended', id: 'a' })
    await expect.poll(() => heard).toEqual(['gap'])
  })
})
