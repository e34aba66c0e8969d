import type { Suite } from './suite.js'
import { attributes, life, minute, start } from './test-space.js'

const never = { idleMs: null, endsAt: null }
const years = 365 * 24 * 60 * minute

export function lifeCases({ describe, it, expect }: Suite): void {
  describe('life', () => {
    it('ends exactly at expiresAt', async (space) => {
      await space.create('a')
      space.pass(life.idleMs - 1)
      expect((await space.load('a')).status).toBe('loaded')
      space.pass(1)
      expect(await space.load('a')).toEqual({ status: 'missing' })
    })

    it('expires at the earlier of touchedAt + idleMs and endsAt', async (space) => {
      await space.create('idle', { life: { idleMs: minute, endsAt: start + 2 * minute } })
      await space.create('ends', { life: { idleMs: 3 * minute, endsAt: start + 2 * minute } })
      await space.create('only ends', { life: { idleMs: null, endsAt: start + 2 * minute } })
      await space.create('only idle', { life: { idleMs: minute, endsAt: null } })
      await space.create('never', { life: never })
      const expiries = []
      for (const id of ['idle', 'ends', 'only ends', 'only idle', 'never'])
        expiries.push((await space.stored(id)).expiresAt)
      expect(expiries).toEqual([start + minute, start + 2 * minute, start + 2 * minute, start + minute, null])
    })

    it('slides with every touch, up to endsAt', async (space) => {
      await space.create('a', { life: { idleMs: 2 * minute, endsAt: start + 5 * minute } })
      for (const expiry of [3, 4, 5, 5]) {
        space.pass(minute)
        const result = await space.load('a', { touch: { touchedAt: space.now } })
        expect(result).toMatchObject({ record: { expiresAt: start + expiry * minute } })
      }
      space.pass(minute)
      expect(await space.load('a', { touch: { touchedAt: space.now } })).toEqual({ status: 'missing' })
    })

    it('is never shortened by an older touch, whose hits count all the same', async (space) => {
      await space.create('a', { touch: { touchedAt: start + minute, hits: 1 } })
      await space.load('a', { touch: { touchedAt: start, hits: 2 } })
      await space.update('a', { touch: { touchedAt: start - years, hits: 4 } })
      const expected = { touchedAt: start + minute, expiresAt: start + minute + life.idleMs, hits: 7 }
      expect(await space.stored('a')).toMatchObject(expected)
    })

    it('counts no hit for a touch that names none', async (space) => {
      await space.create('a')
      await space.load('a', { touch: { touchedAt: start + 1 } })
      await space.update('a', { touch: { touchedAt: start + 2 } })
      expect(await space.stored('a')).toMatchObject({ touchedAt: start + 2, hits: 0 })
    })

    it('loses no hit of many parallel touches', async (space) => {
      await space.create('a')
      const touches = Array.from({ length: 50 }, (_, n) => ({ touchedAt: start + ((n * 7) % 50), hits: 1 }))
      await Promise.all(touches.map((touch) => space.load('a', { touch })))
      expect(await space.stored('a')).toMatchObject({ hits: 50, touchedAt: start + 49 })
    })

    it('is not changed by a load without a touch', async (space) => {
      await space.create('a')
      space.pass(minute)
      await space.load('a')
      expect((await space.stored('a')).expiresAt).toBe(start + life.idleMs)
    })

    it('without limits never ends', async (space) => {
      await space.create('a', { life: never, set: attributes({ cart: '1' }) })
      space.pass(200 * years)
      expect(await space.claim()).toEqual([])
      expect((await space.load('a', { touch: { touchedAt: space.now } })).status).toBe('loaded')
      expect((await space.stored('a')).expiresAt).toBe(null)
      expect(await space.ids()).toEqual(['a'])
      await space.remove('a')
      expect(await space.load('a')).toEqual({ status: 'missing' })
    })

    it('changes in part: the idle time alone, counted from the last access', async (space) => {
      await space.create('a', { life: { idleMs: minute, endsAt: start + 10 * minute } })
      space.pass(minute / 2)
      await space.update('a', { life: { idleMs: 3 * minute } })
      expect(await space.stored('a')).toMatchObject({
        idleMs: 3 * minute,
        endsAt: start + 10 * minute,
        expiresAt: start + 3 * minute,
      })
    })

    it('changes in part: the end alone', async (space) => {
      await space.create('a', { life: { idleMs: 5 * minute, endsAt: null } })
      await space.update('a', { life: { endsAt: start + minute } })
      expect(await space.stored('a')).toMatchObject({
        idleMs: 5 * minute,
        endsAt: start + minute,
        expiresAt: start + minute,
      })
    })

    it('loses a limit that is set to null', async (space) => {
      await space.create('a', { life: { idleMs: minute, endsAt: start + 2 * minute } })
      await space.update('a', { life: { idleMs: null } })
      expect(await space.stored('a')).toMatchObject({ idleMs: null, expiresAt: start + 2 * minute })
      await space.update('a', { life: { endsAt: null } })
      expect(await space.stored('a')).toMatchObject({ endsAt: null, expiresAt: null })
      space.pass(years)
      expect(await space.claim()).toEqual([])
    })

    it('gains a limit where there was none', async (space) => {
      await space.create('a', { life: never })
      await space.update('a', { life: { idleMs: minute } })
      space.pass(minute)
      expect(await space.load('a')).toEqual({ status: 'missing' })
      expect((await space.claim()).length).toBe(1)
    })

    it('is changed and touched in one update', async (space) => {
      await space.create('a')
      await space.update('a', { life: { idleMs: 2 * minute }, touch: { touchedAt: start + minute } })
      expect((await space.stored('a')).expiresAt).toBe(start + 3 * minute)
    })

    it('may be shortened into the past: missing at once, and claimable', async (space) => {
      await space.create('a')
      space.pass(2 * minute)
      expect((await space.update('a', { life: { idleMs: minute } })).status).toBe('saved')
      expect(await space.load('a')).toEqual({ status: 'missing' })
      expect((await space.claim()).length).toBe(1)
    })

    it('is not extended by anything once it is over', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      expect(await space.load('a', { touch: { touchedAt: space.now, hits: 1 } })).toEqual({ status: 'missing' })
      expect(await space.update('a', { life: never, touch: { touchedAt: space.now } })).toEqual({ status: 'missing' })
      expect(await space.claim()).toMatchObject([{ record: { touchedAt: start, hits: 0 } }])
    })
  })
}
