import type { Suite } from './suite.js'
import { attributes, life, minute, type TestSpace, textsOf } from './test-space.js'

export function lockCases({ describe, expect, store, when }: Suite): void {
  const it = when(store.capabilities.locks, 'locks is false')
  const lock = (space: TestSpace, id: string, token: string, leaseMs = minute) =>
    space.space.lock?.(id, { now: space.now, token, leaseMs })
  const unlock = (space: TestSpace, id: string, token: string) => space.space.unlock?.(id, { now: space.now, token })

  describe('locks', () => {
    it('are held by one token at a time', async (space) => {
      for (const id of ['a', 'b']) await space.create(id)
      expect([await lock(space, 'a', 'one'), await lock(space, 'a', 'two')]).toEqual(['taken', 'held'])
      expect(await lock(space, 'b', 'two')).toBe('taken')
    })

    it('are of live records: there is none of an id that is not stored, expired, ended, vacant or claimed', async (space) => {
      const forever = { idleMs: null, endsAt: null }
      await space.create('expired')
      await space.create('claimed')
      await space.create('ended', { life: forever })
      await space.create('vacant', { life: forever, set: attributes({ a: '1' }) })
      await space.update('ended', { ending: 'logout' })
      await space.update('vacant', { unset: ['a'], dropIfEmpty: true })
      space.pass(life.idleMs)
      await space.claim({ id: 'claimed' })
      for (const id of ['never', 'expired', 'ended', 'vacant', 'claimed'])
        expect([id, await lock(space, id, 'one'), await unlock(space, id, 'one')]).toEqual([id, 'missing', false])
      expect(await space.load('never')).toEqual({ status: 'missing' })
    })

    it('are renewed by the token that holds them', async (space) => {
      await space.create('a')
      await lock(space, 'a', 'one')
      space.pass(minute - 1)
      expect(await lock(space, 'a', 'one')).toBe('taken')
      space.pass(minute - 1)
      expect(await lock(space, 'a', 'two')).toBe('held')
    })

    it('lapse exactly at the end of the lease', async (space) => {
      await space.create('a')
      await lock(space, 'a', 'one')
      space.pass(minute - 1)
      expect(await lock(space, 'a', 'two')).toBe('held')
      space.pass(1)
      expect(await lock(space, 'a', 'two')).toBe('taken')
      expect(await lock(space, 'a', 'one')).toBe('held')
    })

    it('are given back by the token that holds them, lapsed or not', async (space) => {
      await space.create('a')
      await lock(space, 'a', 'one')
      expect([await unlock(space, 'a', 'two'), await lock(space, 'a', 'two')]).toEqual([false, 'held'])
      expect([await unlock(space, 'a', 'one'), await unlock(space, 'a', 'one')]).toEqual([true, false])
      expect(await lock(space, 'a', 'two')).toBe('taken')
      space.pass(minute)
      expect([await unlock(space, 'a', 'two'), await unlock(space, 'a', 'two')]).toEqual([true, false])
    })

    it('are not given back by a token that lost them', async (space) => {
      await space.create('a')
      await lock(space, 'a', 'one')
      space.pass(minute)
      await lock(space, 'a', 'two')
      expect(await unlock(space, 'a', 'one')).toBe(false)
      expect(await lock(space, 'a', 'three')).toBe('held')
    })

    it('leave loads and saves of others alone, and their record as it was', async (space) => {
      await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
      const before = await space.stored('a')
      await lock(space, 'a', 'one')
      expect(await space.stored('a')).toEqual(before)
      expect(await space.load('a', { ifChangedSince: 'v1' })).toMatchObject({ status: 'unchanged' })
      expect((await space.update('a', { clear: { except: [] }, set: attributes({ cart: '2' }) })).status).toBe('saved')
      expect(textsOf(await space.stored('a'))).toEqual([['cart', '2']])
      expect(await lock(space, 'a', 'two')).toBe('held')
    })

    it('are no content: a record with nothing but a lock is vacant', async (space) => {
      await space.create('a', { set: attributes({ cart: '1' }) })
      await lock(space, 'a', 'one')
      expect(await space.update('a', { unset: ['cart'], dropIfEmpty: true })).toMatchObject({ dropped: true })
    })

    it('end with their record', async (space) => {
      await space.create('a')
      await lock(space, 'a', 'one')
      await space.remove('a')
      expect(await unlock(space, 'a', 'one')).toBe(false)
      await space.create('a')
      expect(await lock(space, 'a', 'two')).toBe('taken')
    })

    it('are given to one of many callers that ask at once', async (space) => {
      await space.create('a')
      const asked = await Promise.all(Array.from({ length: 20 }, (_, n) => lock(space, 'a', `token-${n}`)))
      expect(asked.filter((result) => result === 'taken').length).toBe(1)
    })

    it('of one id in two spaces are two locks', async (space) => {
      const other = await store.emptySpace()
      for (const each of [space, other]) await each.create('a')
      expect([await lock(space, 'a', 'one'), await lock(other, 'a', 'two')]).toEqual(['taken', 'taken'])
    })
  })
}
