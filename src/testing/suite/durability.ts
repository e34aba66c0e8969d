import type { Suite } from './suite.js'
import { attributes, bytes, life, minute, start, textsOf } from './test-space.js'

export function durabilityCases({ describe, expect, store, when }: Suite): void {
  const { durable, objects } = store.capabilities
  const it = when(durable, 'durable is false')
  const withObjects = when(durable && objects, 'durable or objects is false')

  describe('a restart', () => {
    it('keeps every record as it was', async (space) => {
      await space.create('a', { principal: 'ada', set: attributes({ cart: '1', 'a.b': '2' }) })
      await space.update('a', {
        reseal: { from: 'seal', to: 's2', replaced: '1 seal' },
        unset: ['cart'],
        set: attributes({ user: '3' }),
      })
      await space.load('a', { touch: { touchedAt: start + minute, hits: 3 } })
      const before = await space.stored('a')
      const after = space.through(await store.restart())
      expect(await after.stored('a')).toEqual(before)
      expect(textsOf(await after.stored('a'))).toEqual(textsOf(before))
      expect([await after.ids(), await after.ids({ principal: 'ada' })]).toEqual([['a'], ['a']])
    })

    it('brings back nothing that was dropped, ended or settled', async (space) => {
      for (const id of ['dropped', 'ended', 'settled']) await space.create(id)
      await space.update('dropped', { dropIfEmpty: true })
      await space.update('settled', { ending: 'logout' })
      await space.settle(await space.claim())
      await space.update('ended', { ending: 'logout' })
      const after = space.through(await store.restart())
      for (const id of ['dropped', 'ended', 'settled']) expect(await after.load(id)).toEqual({ status: 'missing' })
      expect(await after.claim()).toMatchObject([{ attempt: 1, record: { id: 'ended', ending: 'logout' } }])
    })

    it('keeps what expired meanwhile for its end, with its attributes', async (space) => {
      await space.create('a', { set: attributes({ cart: '1' }) })
      const after = space.through(await store.restart())
      after.pass(life.idleMs)
      const [claim] = await after.claim()
      expect(claim && textsOf(claim.record)).toEqual([['cart', '1']])
    })

    it('keeps claims and their count', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      await space.claim({ leaseMs: minute })
      const after = space.through(await store.restart())
      expect([await after.load('a'), await after.claim()]).toEqual([{ status: 'missing' }, []])
      after.pass(minute)
      expect(await after.claim()).toMatchObject([{ attempt: 2 }])
    })

    it('keeps what was acknowledged while much else was under way', async (space) => {
      const ids = Array.from({ length: 100 }, (_, n) => `id-${n}`)
      await Promise.all(ids.map((id) => space.create(id, { set: attributes({ id }) })))
      const after = space.through(await store.restart())
      expect((await after.ids()).sort()).toEqual(ids.sort())
    })

    withObjects('keeps objects and their times', async (space) => {
      const { now, name } = space
      await space.driver.objects?.(name).set('a', bytes('1'), { now, ttlMs: minute })
      const after = (await store.restart()).objects?.(name)
      expect([...((await after?.get('a', { now })) ?? [])]).toEqual([...bytes('1')])
      expect(await after?.get('a', { now: now + minute })).toBe(undefined)
    })
  })
}
