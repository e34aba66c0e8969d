import type { Suite } from './suite.js'
import { minute, type TestSpace } from './test-space.js'

export function lockCases({ describe, expect, store, when }: Suite): void {
  const it = when(store.capabilities.locks, 'locks is false')
  const lock = (space: TestSpace, id: string, token: string, leaseMs = minute) =>
    space.space.lock?.(id, { now: space.now, token, leaseMs })
  const unlock = (space: TestSpace, id: string, token: string) => space.space.unlock?.(id, token)

  describe('locks', () => {
    it('are held by one token at a time', async (space) => {
      expect([await lock(space, 'a', 'one'), await lock(space, 'a', 'two')]).toEqual([true, false])
      expect(await lock(space, 'b', 'two')).toBe(true)
    })

    it('need no record of that id, and make none', async (space) => {
      await lock(space, 'a', 'one')
      expect([await space.load('a'), await space.ids()]).toEqual([{ status: 'missing' }, []])
      expect((await space.create('a')).status).toBe('saved')
    })

    it('are renewed by the token that holds them', async (space) => {
      await lock(space, 'a', 'one')
      space.pass(minute - 1)
      expect(await lock(space, 'a', 'one')).toBe(true)
      space.pass(minute - 1)
      expect(await lock(space, 'a', 'two')).toBe(false)
    })

    it('lapse exactly at the end of the lease', async (space) => {
      await lock(space, 'a', 'one')
      space.pass(minute - 1)
      expect(await lock(space, 'a', 'two')).toBe(false)
      space.pass(1)
      expect(await lock(space, 'a', 'two')).toBe(true)
      expect(await lock(space, 'a', 'one')).toBe(false)
    })

    it('are given back by the token that holds them', async (space) => {
      await lock(space, 'a', 'one')
      expect([await unlock(space, 'a', 'two'), await lock(space, 'a', 'two')]).toEqual([false, false])
      expect([await unlock(space, 'a', 'one'), await unlock(space, 'a', 'one')]).toEqual([true, false])
      expect(await lock(space, 'a', 'two')).toBe(true)
    })

    it('are not given back by a token that lost them', async (space) => {
      await lock(space, 'a', 'one')
      space.pass(minute)
      await lock(space, 'a', 'two')
      expect(await unlock(space, 'a', 'one')).toBe(false)
      expect(await lock(space, 'a', 'three')).toBe(false)
    })

    it('leave loads and saves of others alone', async (space) => {
      await space.create('a')
      await lock(space, 'a', 'one')
      expect([(await space.load('a')).status, (await space.update('a')).status]).toEqual(['loaded', 'saved'])
    })

    it('are given to one of many who ask at once', async (space) => {
      const asked = await Promise.all(Array.from({ length: 20 }, (_, n) => lock(space, 'a', `token-${n}`)))
      expect(asked.filter((taken) => taken).length).toBe(1)
    })

    it('of one name in two spaces are two locks', async (space) => {
      const other = await store.emptySpace()
      expect([await lock(space, 'a', 'one'), await lock(other, 'a', 'two')]).toEqual([true, true])
    })
  })
}
