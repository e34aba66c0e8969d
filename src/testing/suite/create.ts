import type { Suite } from './suite.js'
import { attributes, life, minute, start, textsOf } from './test-space.js'

export function createCases({ describe, it, expect }: Suite): void {
  describe('create', () => {
    it('stores a head that follows from the change and the time', async (space) => {
      const result = await space.create('a', { version: 'v1', seal: 's1', set: attributes({ cart: '1' }) })
      expect(result).toEqual({ status: 'saved', previous: 'v1' })
      const { attributes: _, ...head } = await space.stored('a')
      expect(head).toEqual({
        id: 'a',
        version: 'v1',
        createdAt: start,
        touchedAt: start,
        ...life,
        expiresAt: start + life.idleMs,
        hits: 0,
        seal: 's1',
        replaced: null,
        principal: null,
        principalSince: null,
        description: null,
        ending: null,
      })
    })

    it('takes the time of the touch as the last access, and counts its hits', async (space) => {
      await space.create('a', { touch: { touchedAt: start - minute, hits: 3 } })
      const { createdAt, touchedAt, expiresAt, hits } = await space.stored('a')
      expect({ createdAt, touchedAt, expiresAt, hits }).toEqual({
        createdAt: start,
        touchedAt: start - minute,
        expiresAt: start - minute + life.idleMs,
        hits: 3,
      })
    })

    it('counts no hit for a touch that names none', async (space) => {
      await space.create('a', { touch: { touchedAt: start } })
      expect((await space.stored('a')).hits).toBe(0)
    })

    it('sets the principal since now', async (space) => {
      await space.create('a', { principal: 'ada' })
      const { principal, principalSince } = await space.stored('a')
      expect({ principal, principalSince }).toEqual({ principal: 'ada', principalSince: start })
    })

    it('keeps what a record of another store was', async (space) => {
      const was = { createdAt: start - 9 * minute, principalSince: start - 5 * minute, replaced: 'r1' }
      await space.create('a', { principal: 'ada', touch: { touchedAt: start - minute, hits: 7 }, ...was })
      const { createdAt, touchedAt, expiresAt, hits, principalSince, replaced } = await space.stored('a')
      expect({ createdAt, principalSince, replaced }).toEqual(was)
      expect({ touchedAt, expiresAt, hits }).toEqual({
        touchedAt: start - minute,
        expiresAt: start - minute + life.idleMs,
        hits: 7,
      })
      await space.update('a', { reseal: { from: 'seal', to: 's2', replaced: 'r2' }, principal: 'ada' })
      const later = await space.stored('a')
      expect([later.createdAt, later.principalSince, later.replaced]).toEqual([start - 9 * minute, start, 'r2'])
    })

    it('has no time of a principal without a principal', async (space) => {
      await space.create('a', { principalSince: start - minute })
      const { principal, principalSince } = await space.stored('a')
      expect({ principal, principalSince }).toEqual({ principal: null, principalSince: null })
    })

    it('may create a record that has expired, which is due at once', async (space) => {
      expect((await space.create('a', { touch: { touchedAt: start - life.idleMs } })).status).toBe('saved')
      expect(await space.load('a')).toEqual({ status: 'missing' })
      expect((await space.claim()).map(({ record }) => record.id)).toEqual(['a'])
    })

    it('stores a record without attributes', async (space) => {
      await space.create('a')
      expect(textsOf(await space.stored('a'))).toEqual([])
    })

    it('never overwrites a live record', async (space) => {
      await space.create('a', { version: 'v1', set: attributes({ kept: '1' }) })
      expect(await space.create('a', { version: 'v2', set: attributes({ other: '2' }) })).toEqual({ status: 'exists' })
      const record = await space.stored('a')
      expect([record.version, textsOf(record)]).toEqual(['v1', [['kept', '1']]])
    })

    it('never takes the id of a record that waits for its end', async (space) => {
      await space.create('expired')
      await space.create('ended')
      await space.update('ended', { ending: 'logout' })
      space.pass(life.idleMs)
      expect(await space.create('expired')).toEqual({ status: 'exists' })
      expect(await space.create('ended')).toEqual({ status: 'exists' })
      const claims = await space.claim()
      expect(await space.create('expired')).toEqual({ status: 'exists' })
      await space.settle(claims)
      expect((await space.create('expired')).status).toBe('saved')
      expect((await space.create('ended')).status).toBe('saved')
    })

    it('starts afresh under an id whose record was settled', async (space) => {
      await space.create('a', { principal: 'ada', touch: { touchedAt: start, hits: 5 }, set: attributes({ old: '1' }) })
      await space.remove('a')
      await space.create('a', { set: attributes({ new: '2' }) })
      const record = await space.stored('a')
      expect([textsOf(record), record.hits, record.principal]).toEqual([[['new', '2']], 0, null])
    })

    it('lets one of many creates under one id win', async (space) => {
      const results = await Promise.all(Array.from({ length: 20 }, (_, n) => space.create('a', { version: `v${n}` })))
      const won = results.filter(({ status }) => status === 'saved')
      expect([won.length, results.filter(({ status }) => status === 'exists').length]).toEqual([1, 19])
      expect(won).toEqual([{ status: 'saved', previous: (await space.stored('a')).version }])
    })
  })
}
