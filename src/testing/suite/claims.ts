import type { Claim } from '../../storage/contract.js'
import type { Suite } from './suite.js'
import { attributes, life, minute, start, type TestSpace, textsOf } from './test-space.js'

const idsOf = (claims: readonly Claim[]) => claims.map(({ record }) => record.id)

/** Records that expire one minute apart, named by the minute. */
async function createExpiring(space: TestSpace, minutes: readonly number[]): Promise<void> {
  for (const m of minutes) await space.create(`${m}`, { life: { idleMs: null, endsAt: start + m * minute } })
}

export function claimCases({ describe, it, expect }: Suite): void {
  describe('claimExpired', () => {
    it('gives nothing while every record is live', async (space) => {
      await space.create('a')
      expect(await space.claim()).toEqual([])
      expect(await space.claim({ id: 'a' })).toEqual([])
      expect((await space.load('a')).status).toBe('loaded')
    })

    it('gives an expired record as it was last, attributes included', async (space) => {
      await space.create('a', { version: 'v1', principal: 'ada', set: attributes({ cart: '1' }) })
      const before = await space.stored('a')
      space.pass(life.idleMs)
      const [claim] = await space.claim()
      expect({ attempt: claim?.attempt, record: claim?.record }).toEqual({ attempt: 1, record: before })
      expect(claim && textsOf(claim.record)).toEqual([['cart', '1']])
    })

    it('goes by the last touch', async (space) => {
      await space.create('a')
      await space.load('a', { touch: { touchedAt: start + minute } })
      space.pass(life.idleMs)
      expect(await space.claim()).toEqual([])
      space.pass(minute)
      expect(idsOf(await space.claim())).toEqual(['a'])
    })

    it('gives those longest due first, at most as many as asked for', async (space) => {
      await createExpiring(space, [5, 2, 4, 1, 3, 9])
      space.pass(5 * minute)
      expect(idsOf(await space.claim({ limit: 2 }))).toEqual(['1', '2'])
      expect(idsOf(await space.claim({ limit: 2 }))).toEqual(['3', '4'])
      expect(idsOf(await space.claim({ limit: 2 }))).toEqual(['5'])
      expect(await space.claim({ limit: 2 })).toEqual([])
    })

    it('respects all touches in between, however many records were touched', async (space) => {
      const ids = Array.from({ length: 250 }, (_, n) => `${n}`)
      for (const id of ids) await space.create(id)
      for (const id of ids.slice(0, 240)) await space.load(id, { touch: { touchedAt: start + minute } })
      await space.load('0', { touch: { touchedAt: start + 2 * minute } })
      space.pass(life.idleMs)
      const untouched = await space.claim({ limit: 250, leaseMs: 60 * minute })
      expect(idsOf(untouched).sort()).toEqual(ids.slice(240))
      space.pass(minute)
      expect((await space.claim({ limit: 250, leaseMs: 60 * minute })).length).toBe(239)
      space.pass(minute)
      expect(idsOf(await space.claim())).toEqual(['0'])
    })

    it('gives ended records in the order in which they were ended', async (space) => {
      for (const id of ['a', 'b', 'c']) await space.create(id)
      for (const id of ['b', 'c', 'a']) {
        space.pass(1)
        await space.update(id, { ending: 'logout' })
      }
      expect(idsOf(await space.claim())).toEqual(['b', 'c', 'a'])
    })

    it('gives one record by its id, if it may be claimed', async (space) => {
      await createExpiring(space, [1, 2, 3])
      space.pass(2 * minute)
      expect(idsOf(await space.claim({ id: '2' }))).toEqual(['2'])
      expect(await space.claim({ id: '2' })).toEqual([])
      expect(await space.claim({ id: '3' })).toEqual([])
      expect(await space.claim({ id: 'nobody' })).toEqual([])
      expect(idsOf(await space.claim())).toEqual(['1'])
    })

    it('gives each record to one caller only', async (space) => {
      const minutes = Array.from({ length: 60 }, (_, n) => n)
      await createExpiring(space, minutes)
      space.pass(60 * minute)
      const claims = await Promise.all(Array.from({ length: 20 }, () => space.claim({ limit: 5 })))
      const ids = claims.flatMap(idsOf)
      expect([ids.length, new Set(ids).size]).toEqual([new Set(ids).size, 60])
      expect(new Set(claims.flat().map(({ token, record }) => `${token} ${record.id}`)).size).toBe(60)
    })

    it('gives a record again when the lease has lapsed, as another attempt with another token', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      const [first] = await space.claim({ leaseMs: minute })
      space.pass(minute - 1)
      expect(await space.claim()).toEqual([])
      space.pass(1)
      const [second] = await space.claim({ leaseMs: minute })
      expect([first?.attempt, second?.attempt, first?.token === second?.token]).toEqual([1, 2, false])
      space.pass(minute)
      expect(await space.claim({ id: 'a' })).toMatchObject([{ attempt: 3 }])
    })
  })

  describe('renew', () => {
    it('extends the lease from now on, and returns the ids that it extended', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      const claims = await space.claim({ leaseMs: minute })
      space.pass(minute - 1)
      expect(await space.renew(claims)).toEqual(['a'])
      space.pass(minute - 1)
      expect(await space.claim()).toEqual([])
      space.pass(1)
      expect((await space.claim()).length).toBe(1)
    })

    it('revives a lapsed lease if no other caller has claimed the record', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      const claims = await space.claim({ leaseMs: minute })
      space.pass(2 * minute)
      expect(await space.renew(claims)).toEqual(['a'])
      expect(await space.claim()).toEqual([])
    })

    it('leaves out records that another caller has claimed, or that are settled', async (space) => {
      await createExpiring(space, [1, 2, 3])
      space.pass(3 * minute)
      const claims = await space.claim({ leaseMs: minute })
      await space.settle(claims.slice(0, 1))
      space.pass(minute)
      await space.claim({ id: '2', leaseMs: minute })
      expect(await space.renew(claims)).toEqual(['3'])
      expect(await space.renew([])).toEqual([])
    })

    it('does not take the lease back from another claim', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      const stale = await space.claim({ leaseMs: minute })
      space.pass(minute)
      const present = await space.claim({ leaseMs: minute })
      expect(await space.renew(stale, 60 * minute)).toEqual([])
      space.pass(minute)
      expect((await space.claim()).length).toBe(1)
      expect(await space.renew(present)).toEqual([])
    })
  })

  describe('settle', () => {
    it('deletes the records that are held, and returns their ids', async (space) => {
      await createExpiring(space, [1, 2])
      space.pass(2 * minute)
      const claims = await space.claim()
      expect([...(await space.settle(claims))].sort()).toEqual(['1', '2'])
      expect(await space.settle(claims)).toEqual([])
      space.pass(60 * minute)
      expect(await space.claim()).toEqual([])
      expect((await space.create('1')).status).toBe('saved')
    })

    it('accepts a lapsed lease if no other caller has claimed the record', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      const claims = await space.claim({ leaseMs: minute })
      space.pass(2 * minute)
      expect(await space.settle(claims)).toEqual(['a'])
      expect(await space.claim()).toEqual([])
    })

    it('leaves a record that another caller has claimed', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      const stale = await space.claim({ leaseMs: minute })
      space.pass(minute)
      const present = await space.claim({ leaseMs: minute })
      expect(await space.settle(stale)).toEqual([])
      expect(await space.settle(present)).toEqual(['a'])
    })

    it('leaves a new record of the same id', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      const claims = await space.claim()
      await space.settle(claims)
      await space.create('a')
      expect([await space.renew(claims), await space.settle(claims)]).toEqual([[], []])
      expect((await space.load('a')).status).toBe('loaded')
    })

    it('starts counting attempts anew for a new record of the same id', async (space) => {
      await space.create('a')
      space.pass(life.idleMs)
      await space.settle(await space.claim())
      await space.create('a')
      space.pass(life.idleMs)
      expect(await space.claim()).toMatchObject([{ attempt: 1 }])
    })
  })
}
