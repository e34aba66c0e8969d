import type { Suite } from './suite.js'
import { attributes, life, minute, start, textsOf } from './test-space.js'

export function endCases({ describe, it, expect }: Suite): void {
  describe('ending', () => {
    it('makes a record missing at once to load, save and list', async (space) => {
      await space.create('a', { version: 'v1', principal: 'ada' })
      expect(await space.update('a', { ending: 'logout' })).toEqual({ status: 'saved', previous: 'v1' })
      expect(await space.load('a')).toEqual({ status: 'missing' })
      expect(await space.update('a', { set: attributes({ late: '1' }) })).toEqual({ status: 'missing' })
      expect([await space.ids(), await space.ids({ principal: 'ada' })]).toEqual([[], []])
    })

    it('holds for callers whose time is behind', async (space) => {
      await space.create('a')
      await space.update('a', { ending: 'logout' })
      space.pass(-minute)
      expect(await space.load('a')).toEqual({ status: 'missing' })
    })

    it('may be claimed at once, with what the record held and why it ended', async (space) => {
      await space.create('a', { principal: 'ada', set: attributes({ cart: '1' }) })
      await space.update('a', { version: 'v2', ending: 'logout', set: attributes({ more: '2' }) })
      const [claim] = await space.claim()
      expect(claim).toMatchObject({
        attempt: 1,
        record: { id: 'a', version: 'v2', ending: 'logout', principal: 'ada' },
      })
      expect(claim && textsOf(claim.record)).toEqual([
        ['cart', '1'],
        ['more', '2'],
      ])
    })

    it('leaves expiresAt to the formula', async (space) => {
      await space.create('a')
      await space.update('a', { ending: 'logout' })
      expect(await space.claim()).toMatchObject([{ record: { expiresAt: start + life.idleMs, ending: 'logout' } }])
    })

    it('ends a record without limits too', async (space) => {
      await space.create('a', { life: { idleMs: null, endsAt: null } })
      await space.update('a', { ending: 'logout' })
      expect(await space.claim()).toMatchObject([{ record: { id: 'a', expiresAt: null } }])
    })

    it('is applied only if the checks hold', async (space) => {
      await space.create('a', { version: 'v1' })
      expect(await space.update('a', { ending: 'logout', ifVersion: 'v0' })).toEqual({
        status: 'conflict',
        version: 'v1',
      })
      expect((await space.load('a')).status).toBe('loaded')
    })

    it('happens once, even if many callers end it at once', async (space) => {
      await space.create('a')
      const results = await Promise.all(Array.from({ length: 10 }, () => space.update('a', { ending: 'logout' })))
      expect(results.map(({ status }) => status).sort()).toEqual([...Array(9).fill('missing'), 'saved'])
      expect((await space.claim()).length).toBe(1)
    })
  })

  describe('a record that is not live', () => {
    it('is missing to load, save and list once expired', async (space) => {
      await space.create('a', { version: 'v1', seal: 's1', principal: 'ada' })
      await space.create('b', { life: { idleMs: null, endsAt: null } })
      space.pass(life.idleMs)
      expect(await space.load('a', { seal: 's1', ifChangedSince: 'v1' })).toEqual({ status: 'missing' })
      expect(await space.update('a', { set: attributes({ late: '1' }) })).toEqual({ status: 'missing' })
      expect([await space.ids(), await space.ids({ principal: 'ada' })]).toEqual([['b'], []])
    })

    it('stays missing once claimed, even to callers whose time is behind, and after the lease', async (space) => {
      await space.create('a', { principal: 'ada' })
      space.pass(life.idleMs)
      await space.claim({ leaseMs: minute })
      for (const ms of [-minute, 2 * minute]) {
        space.pass(ms)
        expect(await space.load('a')).toEqual({ status: 'missing' })
        expect(await space.update('a', { life: { idleMs: null } })).toEqual({ status: 'missing' })
        expect([await space.ids(), await space.ids({ principal: 'ada' })]).toEqual([[], []])
      }
    })

    it('stays missing once settled', async (space) => {
      await space.create('a', { principal: 'ada' })
      space.pass(life.idleMs)
      await space.settle(await space.claim())
      expect(await space.update('a', { set: attributes({ late: '1' }) })).toEqual({ status: 'missing' })
      expect(await space.load('a')).toEqual({ status: 'missing' })
      space.pass(-minute)
      expect(await space.load('a')).toEqual({ status: 'missing' })
      expect([await space.ids(), await space.ids({ principal: 'ada' })]).toEqual([[], []])
    })
  })
}
