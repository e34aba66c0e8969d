import type { Suite } from './suite.js'
import { attributes, life, minute, start, textsOf } from './test-space.js'

export function loadCases({ describe, it, expect }: Suite): void {
  describe('load', () => {
    it('answers missing for an id that was never stored', async (space) => {
      expect(await space.load('nobody')).toEqual({ status: 'missing' })
    })

    it('returns the whole record, and touches it only if asked', async (space) => {
      await space.create('a', { set: attributes({ cart: '1', user: '2' }) })
      space.pass(minute)
      const record = await space.stored('a')
      expect(textsOf(record)).toEqual([
        ['cart', '1'],
        ['user', '2'],
      ])
      expect([record.touchedAt, record.hits]).toEqual([start, 0])
    })

    it('applies its touch first, returns the record after it and the access before', async (space) => {
      await space.create('a', { version: 'v1' })
      space.pass(minute)
      const result = await space.load('a', { touch: { touchedAt: space.now, hits: 2 } })
      expect(result).toMatchObject({
        status: 'loaded',
        previouslyTouchedAt: start,
        record: { touchedAt: start + minute, expiresAt: start + minute + life.idleMs, hits: 2, version: 'v1' },
      })
      expect(await space.stored('a')).toMatchObject({ touchedAt: start + minute, hits: 2, version: 'v1' })
    })

    it('returns the last access if it does not touch', async (space) => {
      await space.create('a')
      expect(await space.load('a')).toMatchObject({ previouslyTouchedAt: start, record: { touchedAt: start } })
    })

    it('answers unchanged, with the touch applied, when the caller holds the version', async (space) => {
      await space.create('a', { version: 'v1' })
      space.pass(minute)
      const result = await space.load('a', { ifChangedSince: 'v1', touch: { touchedAt: space.now, hits: 1 } })
      expect(result).toEqual({
        status: 'unchanged',
        touchedAt: start + minute,
        previouslyTouchedAt: start,
        expiresAt: start + minute + life.idleMs,
        hits: 1,
      })
      expect((await space.stored('a')).touchedAt).toBe(start + minute)
    })

    it('prolongs exactly the idle time that it names, in the step of the touch, and keeps the version', async (space) => {
      await space.create('a', { version: 'v1', life: { idleMs: minute, endsAt: null } })
      await space.create('b', { life: { idleMs: minute + 1, endsAt: null } })
      await space.create('c', { life: { idleMs: minute, endsAt: start + 2 * minute } })
      const prolong = { fromMs: minute, toMs: 3 * minute }
      expect(await space.load('a', { prolong })).toMatchObject({ record: { idleMs: minute } })
      space.pass(minute - 1)
      const touch = { touchedAt: space.now, hits: 1 }
      const expiresAt = space.now + 3 * minute
      expect(await space.load('a', { touch, prolong, seal: 'wrong' })).toMatchObject({ status: 'refused' })
      expect(await space.load('a', { touch, prolong, ifChangedSince: 'v1' })).toMatchObject({
        status: 'unchanged',
        expiresAt,
      })
      for (const id of ['b', 'c']) await space.load(id, { touch, prolong })
      expect(await space.stored('a')).toMatchObject({ version: 'v1', hits: 1, idleMs: 3 * minute, expiresAt })
      expect(await space.stored('b')).toMatchObject({ idleMs: minute + 1, expiresAt: space.now + minute + 1 })
      expect(await space.stored('c')).toMatchObject({ idleMs: 3 * minute, expiresAt: start + 2 * minute })
      space.pass(minute + 1)
      expect(await space.ids()).toEqual(['a'])
      expect((await space.claim()).map(({ record }) => record.id).sort()).toEqual(['b', 'c'])
      space.pass(2 * minute)
      expect((await space.claim({ id: 'a' })).map(({ record }) => record.id)).toEqual(['a'])
    })

    it('can prolong a life to one without an idle time', async (space) => {
      await space.create('a', { life: { idleMs: minute, endsAt: null } })
      const touch = { touchedAt: space.now }
      await space.load('a', { touch, prolong: { fromMs: minute, toMs: null } })
      expect(await space.stored('a')).toMatchObject({ idleMs: null, expiresAt: null })
      space.pass(1_000 * minute)
      expect(await space.ids()).toEqual(['a'])
      expect(await space.claim()).toEqual([])
    })

    it('brings the record when the caller holds another version', async (space) => {
      await space.create('a', { version: 'v1' })
      await space.update('a', { version: 'v2', set: attributes({ cart: '1' }) })
      expect(await space.load('a', { ifChangedSince: 'v1' })).toMatchObject({
        status: 'loaded',
        record: { version: 'v2' },
      })
      expect(await space.load('a', { ifChangedSince: 'v3' })).toMatchObject({
        status: 'loaded',
        record: { version: 'v2' },
      })
    })

    it('answers when the seal fits', async (space) => {
      await space.create('a', { seal: 's1' })
      expect((await space.load('a', { seal: 's1' })).status).toBe('loaded')
    })

    it('refuses another seal, returns only what is said of the seals before, and touches nothing', async (space) => {
      await space.create('a', { version: 'v1', seal: 's1' })
      space.pass(minute)
      await space.update('a', { version: 'v2', reseal: { from: 's1', to: 's2', replaced: '1 s1' } })
      space.pass(minute)
      const touch = { touchedAt: space.now, hits: 1 }
      for (const seal of ['s1', 's', 's22', 'S2', '']) {
        const refused = { status: 'refused', replaced: '1 s1' }
        expect(await space.load('a', { seal, touch })).toEqual(refused)
        expect(await space.load('a', { seal, touch, ifChangedSince: 'v2' })).toEqual(refused)
      }
      expect(await space.stored('a')).toMatchObject({ touchedAt: start, hits: 0 })
    })

    it('answers missing, not refused, when the record is not live', async (space) => {
      await space.create('a', { seal: 's1' })
      space.pass(life.idleMs)
      expect(await space.load('a', { seal: 'wrong' })).toEqual({ status: 'missing' })
    })

    it('matches, where it can tell without waiting, a live record with this seal and version', async (space) => {
      const matches = (look: object) => space.space.matches?.('a', { now: space.now, ...look })
      const isAbsent = space.space.matches === undefined
      const expectMatch = (look: object, isMatch: boolean) =>
        expect(matches(look)).toEqual(isAbsent ? undefined : isMatch)
      expectMatch({}, false)
      await space.create('a', { version: 'v1', seal: 's1' })
      for (const look of [{}, { seal: 's1' }, { version: 'v1' }, { seal: 's1', version: 'v1' }]) expectMatch(look, true)
      for (const look of [{ seal: 's2' }, { seal: '' }, { version: 'v2' }]) expectMatch(look, false)
      await space.update('a', { version: 'v2', set: attributes({ n: '1' }) })
      expectMatch({ version: 'v1' }, false)
      expectMatch({ version: 'v2' }, true)
      await space.update('a', { version: 'v3', ending: 'over' })
      expectMatch({}, false)
    })

    it('does not match a record that has expired', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      expect(space.space.matches?.('a', { now: space.now }) ?? false).toEqual(false)
    })

    it('sees every save acknowledged before it', async (space) => {
      await space.create('a')
      for (let n = 0; n < 50; n += 1) {
        await space.update('a', { set: attributes({ n: `${n}` }) })
        expect(textsOf(await space.stored('a'))).toEqual([['n', `${n}`]])
      }
    })

    it('hands out records that later changes leave alone', async (space) => {
      await space.create('a', { version: 'v1', set: attributes({ n: '1' }) })
      const before = await space.stored('a')
      await space.update('a', { version: 'v2', set: attributes({ n: '2', m: '3' }) })
      expect([before.version, textsOf(before)]).toEqual(['v1', [['n', '1']]])
    })
  })
}
