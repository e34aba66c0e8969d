import type { Suite } from './suite.js'
import { attributes, life, minute, start, TestDeadline } from './test-space.js'

export function updateCases({ describe, it, expect, store, when }: Suite): void {
  const withLocks = when(store.capabilities.locks, 'locks is false')

  describe('update', () => {
    it('answers missing, and creates nothing, for an id that was never stored', async (space) => {
      expect(await space.update('nobody', { set: attributes({ a: '1' }) })).toEqual({ status: 'missing' })
      expect(await space.load('nobody')).toEqual({ status: 'missing' })
    })

    it('leaves alone what it does not name', async (space) => {
      await space.create('a', { version: 'v1', principal: 'ada', set: attributes({ cart: '1' }) })
      const before = await space.stored('a')
      space.pass(minute)
      await space.update('a', { version: 'v2' })
      expect(await space.stored('a')).toEqual({ ...before, version: 'v2' })
    })

    it('gives the version it replaced', async (space) => {
      await space.create('a', { version: 'v1' })
      expect(await space.update('a', { version: 'v2' })).toEqual({ status: 'saved', previous: 'v1' })
      expect(await space.update('a', { version: 'v3' })).toEqual({ status: 'saved', previous: 'v2' })
      expect((await space.stored('a')).version).toBe('v3')
    })

    it('touches when it carries a touch', async (space) => {
      await space.create('a')
      space.pass(minute)
      await space.update('a', { touch: { touchedAt: space.now, hits: 4 } })
      expect(await space.stored('a')).toMatchObject({
        touchedAt: start + minute,
        expiresAt: start + minute + life.idleMs,
        hits: 4,
      })
    })

    it('changes the seal by compare-and-set, and keeps what the caller says of the seals before', async (space) => {
      await space.create('a', { seal: 's1' })
      space.pass(minute)
      expect((await space.update('a', { reseal: { from: 's1', to: 's2', replaced: '1 s1' } })).status).toBe('saved')
      expect(await space.stored('a')).toMatchObject({ seal: 's2', replaced: '1 s1', createdAt: start })
      await space.update('a', { set: attributes({ cart: '1' }) })
      expect(await space.stored('a')).toMatchObject({ seal: 's2', replaced: '1 s1' })
    })

    it('refuses to reseal from another seal, and changes nothing', async (space) => {
      await space.create('a', { version: 'v1', seal: 's1', set: attributes({ cart: '1' }) })
      const before = await space.stored('a')
      const change = { set: attributes({ cart: '2' }), touch: { touchedAt: start + minute, hits: 1 }, principal: 'eve' }
      expect(await space.update('a', { ...change, reseal: { from: 's0', to: 's2', replaced: '' } })).toEqual({
        status: 'resealed',
      })
      expect(await space.stored('a')).toEqual(before)
    })

    it('lets one of two parallel reseals win', async (space) => {
      await space.create('a', { seal: 's1' })
      const results = await Promise.all(
        ['x', 'y'].map((to) => space.update('a', { reseal: { from: 's1', to, replaced: to } })),
      )
      expect(results.map(({ status }) => status).sort()).toEqual(['resealed', 'saved'])
    })

    it('applies under ifVersion only when the record still has this version', async (space) => {
      await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
      expect((await space.update('a', { version: 'v2', ifVersion: 'v1' })).status).toBe('saved')
      const before = await space.stored('a')
      const late = {
        version: 'v3',
        ifVersion: 'v1',
        set: attributes({ cart: '3' }),
        touch: { touchedAt: start + 1, hits: 1 },
      }
      expect(await space.update('a', late)).toEqual({ status: 'conflict', version: 'v2' })
      expect(await space.stored('a')).toEqual(before)
    })

    it('keeps the version when only a touch came between', async (space) => {
      await space.create('a', { version: 'v1' })
      await space.load('a', { touch: { touchedAt: start + 1, hits: 1 } })
      expect((await space.update('a', { ifVersion: 'v1' })).status).toBe('saved')
    })

    it('lets one of many parallel updates under one version win', async (space) => {
      await space.create('a', { version: 'v1' })
      const results = await Promise.all(Array.from({ length: 20 }, () => space.update('a', { ifVersion: 'v1' })))
      expect(results.filter(({ status }) => status === 'saved').length).toBe(1)
      expect(results.filter(({ status }) => status === 'conflict').length).toBe(19)
    })

    it('loses nothing of 200 parallel saves that set different attributes', async (space) => {
      await space.create('a', { set: attributes({ first: '0' }) })
      const names = Array.from({ length: 200 }, (_, n) => `n${n}`)
      const results = await Promise.all(names.map((name) => space.update('a', { set: attributes({ [name]: name }) })))
      expect(results.every(({ status }) => status === 'saved')).toBe(true)
      expect((await space.stored('a')).attributes.size).toBe(201)
    })

    it('names each version once as the previous one, even if many callers save at once', async (space) => {
      await space.create('a', { version: 'v0' })
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, n) => space.update('a', { version: `v${n + 1}` })),
      )
      const versions = results.map((result) => (result.status === 'saved' ? result.previous : result.status))
      versions.push((await space.stored('a')).version)
      expect(versions.sort()).toEqual(Array.from({ length: 51 }, (_, n) => `v${n}`).sort())
    })

    it('checks the version before the seal', async (space) => {
      await space.create('a', { version: 'v1', seal: 's1' })
      const change = { ifVersion: 'v0', reseal: { from: 's0', to: 's2', replaced: '' } }
      expect(await space.update('a', change)).toEqual({ status: 'conflict', version: 'v1' })
    })

    it('answers missing before it checks anything', async (space) => {
      const change = { lockToken: 't', ifVersion: 'v0', reseal: { from: 's0', to: 's2', replaced: '' } }
      expect(await space.update('nobody', change)).toEqual({ status: 'missing' })
    })

    it('refuses a lock token that holds no lock, before it checks the version', async (space) => {
      await space.create('a', { version: 'v1' })
      const before = await space.stored('a')
      const change = {
        lockToken: 't',
        ifVersion: 'v0',
        reseal: { from: 's0', to: 's2', replaced: '' },
        set: attributes({ cart: '1' }),
      }
      expect(await space.update('a', change)).toEqual({ status: 'unlocked' })
      expect(await space.stored('a')).toEqual(before)
    })

    it('keeps what it acknowledged to a caller that gave up, and applies no other save later', async (space) => {
      await space.create('a')
      const deadline = new TestDeadline()
      const names = Array.from({ length: 20 }, (_, n) => `n${n}`)
      const save = (name: string) => {
        const change = { mode: 'update', id: 'a', version: name, set: attributes({ [name]: name }) } as const
        return space.space.save(change, { now: space.now, deadline })
      }
      const saves = Promise.allSettled(names.map(save))
      deadline.pass()
      const results = await saves
      const acknowledged = names.filter((_, n) => results[n]?.status === 'fulfilled')
      const { attributes: stored } = await space.stored('a')
      expect(acknowledged.filter((name) => !stored.has(name))).toEqual([])
      await space.update('a')
      expect((await space.stored('a')).attributes).toEqual(stored)
    })

    withLocks('applies under a lock only while it is held', async (space) => {
      await space.create('a')
      await space.space.lock?.('a', { now: space.now, token: 't', leaseMs: minute })
      expect((await space.update('a', { lockToken: 't' })).status).toBe('saved')
      expect(await space.update('a', { lockToken: 'other' })).toEqual({ status: 'unlocked' })
      expect((await space.update('a')).status).toBe('saved')
      space.pass(minute)
      expect(await space.update('a', { lockToken: 't' })).toEqual({ status: 'unlocked' })
    })

    withLocks('does not take the lock of another record for its own', async (space) => {
      await space.create('a')
      await space.create('b')
      await space.space.lock?.('b', { now: space.now, token: 't', leaseMs: minute })
      expect(await space.update('a', { lockToken: 't' })).toEqual({ status: 'unlocked' })
    })
  })
}
