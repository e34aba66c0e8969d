import { describe, expect, it } from 'vitest'
import { MoveAll, type MoveAllOptions, type MoveProgress } from '../../../src/storage/moving/move-all.js'
import { attributes } from '../../../src/testing/suite/test-space.js'
import { contentOf, minute, TwoStores } from './two-stores.js'

const ids = Array.from({ length: 60 }, (_, n) => `session ${n}`)

async function filled(): Promise<TwoStores> {
  const stores = new TwoStores()
  for (const id of ids) await stores.begin(id)
  return stores
}

const moveAll = ({ clock, old, new: to }: TwoStores, options: Partial<MoveAllOptions> = {}) =>
  new MoveAll({ from: old, to, cache: 'shared', clock, verifies: true, ...options }).run()

describe('moving all records', () => {
  it('leaves none in the old store, and each in the new one as it was', async () => {
    const stores = await filled()
    const before = await Promise.all(ids.map((id) => stores.stored(id, stores.old)))
    const seen: MoveProgress[] = []
    expect(await moveAll(stores, { onProgress: (progress) => seen.push(progress) })).toEqual({
      moved: 60,
      gone: 0,
      held: 0,
      waiting: 0,
      total: 60,
      left: 0,
      isInterrupted: false,
      verified: { compared: 60, differing: [], changed: 0, ended: 0 },
    })
    expect(seen.map(({ moved }) => moved)).toEqual(ids.map((_, n) => n + 1))
    const after = await Promise.all(ids.map((id) => stores.stored(id, stores.new)))
    expect(after.map(contentOf)).toEqual(before.map(contentOf))
    expect(await Promise.all(ids.map((id) => stores.has(stores.old, id)))).toEqual(ids.map(() => false))
  })

  it('stops when it is told to, and goes on when it is run again', async () => {
    const stores = await filled()
    const stop = new AbortController()
    const onProgress = ({ moved }: MoveProgress) => void (moved === 20 && stop.abort())
    const first = await moveAll(stores, { signal: stop.signal, onProgress })
    expect([first.isInterrupted, first.moved + first.left]).toEqual([true, 60])
    expect(first.left).toBeGreaterThan(0)
    expect(await moveAll(stores)).toMatchObject({ moved: first.left, left: 0, isInterrupted: false })
    expect(await stores.new.count({ now: stores.now })).toBe(60)
  })

  it('brings in what a run that was killed has left on its way', async () => {
    const stores = await filled()
    const killed = stores.node()
    const arrival = killed.calls.hold('save', { call: 2 })
    void stores.load(killed.space, 'session 7')
    await arrival.reached
    stores.clock.jump(20_000)
    expect(await moveAll(stores)).toMatchObject({ moved: 59, left: 0, waiting: 0 })
    expect(await stores.homes('session 7')).toEqual(['new'])
  })

  it('leaves ended records to the nodes, and says how many wait', async () => {
    const stores = await filled()
    await stores.update(stores.old, 'session 1', { ending: 'invalidated' })
    stores.clock.jump(20_000)
    expect(await moveAll(stores)).toMatchObject({ moved: 59, total: 59, left: 0, waiting: 1 })
    stores.clock.jump(1_000)
    const [claim] = await stores.sweep(stores.node().space)
    expect(claim?.record).toMatchObject({ id: 'session 1', ending: 'invalidated' })
  })

  it('tries a locked record again, and says if it was locked all the time', async () => {
    const stores = await filled()
    await stores.old.lock?.('session 3', { now: stores.now, leaseMs: 60 * minute, token: 'handler' })
    const moving = moveAll(stores, { verifies: false })
    const running = { isOver: false }
    void moving.finally(() => {
      running.isOver = true
    })
    while (!running.isOver) await stores.clock.advance(1_000)
    expect(await moving).toMatchObject({ moved: 59, held: 1, left: 1 })
  })

  it('keeps to the rate', async () => {
    const stores = await filled()
    const startedAt = stores.now
    const running = { isOver: false }
    const moving = moveAll(stores, { limitRate: 20 })
    void moving.finally(() => {
      running.isOver = true
    })
    while (!running.isOver) await stores.clock.advance(50)
    expect((await moving).moved).toBe(60)
    expect(stores.now - startedAt).toBeGreaterThanOrEqual(2_900)
    expect(stores.now - startedAt).toBeLessThan(4_000)
  })

  it('sees a record that arrived otherwise than it departed, and those that visitors have changed or ended since', async () => {
    const stores = await filled()
    const save = stores.new.save.bind(stores.new)
    stores.new.save = async (change, options) => {
      const isSpoilt = change.id === 'session 5'
      const result = await save(isSpoilt ? { ...change, set: attributes({ cart: '9' }) } : change, options)
      const later = { mode: 'update', id: change.id, version: `${change.id} later` } as const
      if (change.id === 'session 1') await save({ ...later, set: attributes({ cart: '2' }) }, options)
      if (change.id === 'session 2') await save({ ...later, ending: 'invalidated' }, options)
      return result
    }
    expect((await moveAll(stores)).verified).toEqual({ compared: 60, differing: ['session 5'], changed: 1, ended: 1 })
  })

  it('compares nothing if it is not asked to', async () => {
    expect((await moveAll(await filled(), { verifies: false })).verified).toBeUndefined()
  })
})
