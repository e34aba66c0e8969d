import type { ObjectSpace } from '../../storage/contract.js'
import type { Suite } from './suite.js'
import { bytes, minute, start } from './test-space.js'

export function objectCases({ describe, expect, store, when }: Suite): void {
  const it = when(store.capabilities.objects, 'objects is false')
  const now = start
  const forever = { now, ttlMs: null }

  async function empty(name = store.freshName()): Promise<ObjectSpace> {
    const objects = (await store.driver()).objects?.(name)
    if (!objects) throw new TypeError('The driver has no objects')
    return objects
  }
  const textOf = async (objects: ObjectSpace, key: string, at = now) => {
    const value = await objects.get(key, { now: at })
    return value && new TextDecoder().decode(value)
  }

  describe('objects', () => {
    it('are absent until they are set, and overwritten freely', async () => {
      const objects = await empty()
      expect(await objects.get('a', { now })).toBe(undefined)
      await objects.set('a', bytes('1'), forever)
      expect(await textOf(objects, 'a')).toBe('1')
      await objects.set('a', bytes('2'), forever)
      expect(await textOf(objects, 'a')).toBe('2')
    })

    it('keep a value of no bytes and one of 1 MB', async () => {
      const objects = await empty()
      const large = Buffer.alloc(2 ** 20, 'large')
      await objects.set('empty', new Uint8Array(), forever)
      await objects.set('large', large, forever)
      expect((await objects.get('empty', { now }))?.byteLength).toBe(0)
      expect(Buffer.compare((await objects.get('large', { now })) ?? bytes(''), large)).toBe(0)
    })

    it('live for their time and no longer', async () => {
      const objects = await empty()
      await objects.set('a', bytes('1'), { now, ttlMs: minute })
      expect(await textOf(objects, 'a', now + minute - 1)).toBe('1')
      expect(await textOf(objects, 'a', now + minute)).toBe(undefined)
      expect(await objects.delete('a', { now: now + minute })).toBe(false)
    })

    it('live until they are deleted when no time is given', async () => {
      const objects = await empty()
      const later = now + 100 * 365 * 24 * 60 * minute
      await objects.set('a', bytes('1'), forever)
      expect(await textOf(objects, 'a', later)).toBe('1')
    })

    it('take the time of the last set', async () => {
      const objects = await empty()
      await objects.set('a', bytes('1'), { now, ttlMs: minute })
      await objects.set('a', bytes('2'), { now, ttlMs: 3 * minute })
      expect(await textOf(objects, 'a', now + 2 * minute)).toBe('2')
      await objects.set('a', bytes('3'), forever)
      expect(await textOf(objects, 'a', now + 9 * minute)).toBe('3')
    })

    it('are set again after their time', async () => {
      const objects = await empty()
      await objects.set('a', bytes('1'), { now, ttlMs: minute })
      await objects.set('a', bytes('2'), { now: now + 2 * minute, ttlMs: minute })
      expect(await textOf(objects, 'a', now + 2 * minute)).toBe('2')
    })

    it('are deleted, and delete returns whether there was one', async () => {
      const objects = await empty()
      await objects.set('a', bytes('1'), forever)
      expect([await objects.delete('a', { now }), await objects.delete('a', { now })]).toEqual([true, false])
      expect(await textOf(objects, 'a')).toBe(undefined)
    })

    it('are cleared, those of this space only', async () => {
      const name = store.freshName()
      const [objects, other] = [await empty(name), await empty(`${name}2`)]
      for (const key of ['a', 'b', 'c']) await objects.set(key, bytes(key), forever)
      await other.set('a', bytes('other'), forever)
      await objects.clear({ now })
      expect([await textOf(objects, 'a'), await textOf(objects, 'c')]).toEqual([undefined, undefined])
      expect(await textOf(other, 'a')).toBe('other')
    })

    it('keep difficult keys apart', async () => {
      const objects = await empty()
      const keys = [
        '__proto__',
        'constructor',
        '',
        'a',
        'A',
        'a:b',
        'a.b',
        '$a',
        'a\0',
        '😀',
        '/',
        '..',
        'k'.repeat(1024),
      ]
      for (const key of keys) await objects.set(key, bytes(`value of ${key}`), forever)
      for (const key of keys) expect(await textOf(objects, key)).toBe(`value of ${key}`)
    })

    it('and records under one name do not meet', async () => {
      const space = await store.emptySpace()
      const objects = await empty(space.name)
      await space.create('a')
      expect(await objects.get('a', { now })).toBe(undefined)
      await objects.set('b', bytes('1'), forever)
      await objects.clear({ now })
      expect([await space.ids(), (await space.load('a')).status]).toEqual([['a'], 'loaded'])
    })
  })
}
