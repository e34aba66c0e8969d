import type { Suite } from './suite.js'
import { attributes, bytes, life, type TestSpace, textsOf } from './test-space.js'

const difficultNames = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '',
  ' ',
  'a.b.c',
  '$set',
  '$',
  'nul\0in the middle',
  '\0',
  '\u0001',
  'line\nbreak',
  'a:b{c}[d]*?"\\\'',
  '😀',
  'é',
  'e\u0301',
  '\uffff',
  '0',
  'n'.repeat(1024),
  '😀'.repeat(256),
]

export function attributeCases({ describe, it, expect }: Suite): void {
  const names = async (space: TestSpace, id = 'a') => textsOf(await space.stored(id)).map(([name]) => name)

  describe('attributes', () => {
    it('keeps any name apart from any other', async (space) => {
      const set = new Map(difficultNames.map((name, n) => [name, bytes(`value ${n}`)]))
      await space.create('created', { set })
      await space.create('updated')
      await space.update('updated', { set })
      const expected = new Map(difficultNames.map((name, n) => [name, `value ${n}`]))
      expect(new Map(textsOf(await space.stored('created')))).toEqual(expected)
      expect(new Map(textsOf(await space.stored('updated')))).toEqual(expected)
    })

    it('removes each name and no other', async (space) => {
      const set = new Map(difficultNames.map((name) => [name, bytes(name)]))
      await space.create('a', { set })
      const left = new Set(difficultNames)
      for (const name of difficultNames) {
        await space.update('a', { unset: [name] })
        left.delete(name)
        expect(new Set(await names(space))).toEqual(left)
      }
    })

    it('clears all but difficult names', async (space) => {
      await space.create('a', { set: new Map([...difficultNames, 'other'].map((name) => [name, bytes(name)])) })
      await space.update('a', { clear: { except: difficultNames } })
      expect(new Set(await names(space))).toEqual(new Set(difficultNames))
    })

    it('brings every byte back', async (space) => {
      const everyByte = Uint8Array.from({ length: 256 }, (_, n) => n)
      await space.create('a', { set: new Map([['value', everyByte]]) })
      expect([...((await space.stored('a')).attributes.get('value') ?? [])]).toEqual([...everyByte])
    })

    it('keeps a value of no bytes, which is not an absent one', async (space) => {
      await space.create('a', { set: new Map([['empty', new Uint8Array()]]) })
      expect(textsOf(await space.stored('a'))).toEqual([['empty', '']])
    })

    it('stores the part of a buffer that a value shows, and nothing around it', async (space) => {
      const part = bytes('around value around').subarray(7, 12)
      await space.create('a', { set: new Map([['part', part]]) })
      expect(textsOf(await space.stored('a'))).toEqual([['part', 'value']])
    })

    it('keeps a value of 1 MB, and smaller ones beside it', async (space) => {
      const large = Uint8Array.from({ length: 2 ** 20 }, (_, n) => (n * 31) % 251)
      await space.create('a', { set: attributes({ small: '1' }) })
      await space.update('a', { set: new Map([['large', large]]) })
      const stored = (await space.stored('a')).attributes
      expect([stored.size, Buffer.compare(stored.get('large') ?? bytes(''), large)]).toEqual([2, 0])
    })

    it('replaces a large value by a small one and a small one by a large one', async (space) => {
      const large = 'x'.repeat(100_000)
      await space.create('a', { set: attributes({ shrinks: large, grows: '1' }) })
      await space.update('a', { set: attributes({ shrinks: '1', grows: large }) })
      expect(textsOf(await space.stored('a'))).toEqual([
        ['grows', large],
        ['shrinks', '1'],
      ])
    })

    it('keeps 1,000 attributes', async (space) => {
      const texts = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`name-${n}`, `value ${n}`]))
      await space.create('a', { set: attributes(texts) })
      await space.update('a', { set: attributes({ 'name-500': 'changed' }), unset: ['name-501'] })
      const expected = new Map(Object.entries({ ...texts, 'name-500': 'changed' }))
      expected.delete('name-501')
      expect(new Map(textsOf(await space.stored('a')))).toEqual(expected)
    })

    it('clears first, then unsets, then sets', async (space) => {
      await space.create('a', { set: attributes({ kept: '1', unset: '2', cleared: '3', both: '4' }) })
      const clear = { except: ['kept', 'unset', 'both', 'never there'] }
      await space.update('a', { clear, unset: ['unset', 'both'], set: attributes({ both: '5', new: '6' }) })
      expect(textsOf(await space.stored('a'))).toEqual([
        ['both', '5'],
        ['kept', '1'],
        ['new', '6'],
      ])
    })

    it('clears everything when nothing is excepted', async (space) => {
      await space.create('a', { set: attributes({ one: '1', two: '2' }) })
      await space.update('a', { clear: { except: [] }, set: attributes({ three: '3' }) })
      expect(await names(space)).toEqual(['three'])
    })

    it('unsets what is not there without complaint', async (space) => {
      await space.create('a', { set: attributes({ one: '1' }) })
      expect((await space.update('a', { unset: ['two', 'one', 'one'] })).status).toBe('saved')
      expect(await names(space)).toEqual([])
    })

    it('keeps the attributes of ids that are prefixes of each other apart', async (space) => {
      const ids = ['a', 'a\0', 'a:', 'a:b', 'ab', 'A', 'å', '__proto__', '.', '..', 'a/b', '..%2f', 'a'.repeat(200)]
      for (const id of ids) await space.create(id, { set: attributes({ [id]: id }) })
      for (const id of ids) expect(textsOf(await space.stored(id))).toEqual([[id, id]])
      await space.remove('a')
      for (const id of ids.slice(1)) expect(textsOf(await space.stored(id))).toEqual([[id, id]])
    })

    describe('dropIfEmpty', () => {
      it('takes the record away when no attribute is left', async (space) => {
        await space.create('a', { version: 'v1', set: attributes({ one: '1' }) })
        const result = await space.update('a', { unset: ['one'], dropIfEmpty: true })
        expect(result).toEqual({ status: 'saved', previous: 'v1', dropped: true })
        expect(await space.load('a')).toEqual({ status: 'missing' })
        expect(await space.ids()).toEqual([])
        expect((await space.create('a')).status).toBe('exists')
      })

      it('leaves it vacant: a request that loaded it before can fill it again, and only its attributes are in it', async (space) => {
        await space.create('a', { version: 'v1', seal: 'seal', set: attributes({ one: '1' }) })
        await space.update('a', { version: 'v2', unset: ['one'], dropIfEmpty: true })
        const removal = await space.update('a', { version: 'v3', unset: ['one'] })
        expect(removal).toEqual({ status: 'saved', previous: 'v2', dropped: true })
        expect(await space.load('a')).toEqual({ status: 'missing' })
        const result = await space.update('a', { version: 'v4', set: attributes({ two: '2' }) })
        expect(result).toEqual({ status: 'saved', previous: 'v3' })
        const record = await space.stored('a')
        expect([textsOf(record), record.ending, record.seal]).toEqual([[['two', '2']], null, 'seal'])
        space.pass(life.idleMs - 1)
        expect(await space.claim()).toEqual([])
      })

      it('brings a vacant record back with a principal', async (space) => {
        await space.create('a', { set: attributes({ one: '1' }) })
        await space.update('a', { unset: ['one'], dropIfEmpty: true })
        expect((await space.update('a', { principal: 'ada' })).status).toBe('saved')
        expect(await space.ids({ principal: 'ada' })).toEqual(['a'])
      })

      it('ends a vacant record for good: no update fills it, and it may be claimed at once', async (space) => {
        await space.create('a', { set: attributes({ one: '1' }) })
        await space.update('a', { unset: ['one'], dropIfEmpty: true })
        expect((await space.update('a', { ending: 'logout' })).status).toBe('saved')
        expect(await space.update('a', { set: attributes({ two: '2' }) })).toEqual({ status: 'missing' })
        expect((await space.claim()).map(({ record }) => record.ending)).toEqual(['logout'])
      })

      it('lets a vacant record be claimed after a minute, and not earlier', async (space) => {
        await space.create('a', { set: attributes({ one: '1' }) })
        await space.update('a', { unset: ['one'], dropIfEmpty: true })
        space.pass(59_999)
        expect(await space.claim()).toEqual([])
        space.pass(1)
        const claims = await space.claim()
        expect(claims.map(({ record }) => [record.id, record.ending])).toEqual([['a', 'vacant']])
        expect(await space.update('a', { set: attributes({ two: '2' }) })).toEqual({ status: 'missing' })
        await space.settle(claims)
        expect((await space.create('a')).status).toBe('saved')
      })

      it('keeps a record with an attribute left, also one that another caller set', async (space) => {
        await space.create('a', { version: 'v1', set: attributes({ one: '1' }) })
        await space.update('a', { version: 'v2', set: attributes({ two: '2' }) })
        const result = await space.update('a', { unset: ['one'], dropIfEmpty: true })
        expect(result).toEqual({ status: 'saved', previous: 'v2' })
        expect(await names(space)).toEqual(['two'])
      })

      it('leaves a record that has a principal, or is given one', async (space) => {
        await space.create('a', { principal: 'ada' })
        await space.create('b')
        expect((await space.update('a', { dropIfEmpty: true })).status).toBe('saved')
        expect((await space.update('b', { dropIfEmpty: true, principal: 'bob' })).status).toBe('saved')
        expect((await space.ids()).sort()).toEqual(['a', 'b'])
      })

      it('takes away a record that loses its principal in the same change', async (space) => {
        await space.create('a', { principal: 'ada' })
        expect(await space.update('a', { dropIfEmpty: true, principal: null })).toMatchObject({ dropped: true })
        expect(await space.ids({ principal: 'ada' })).toEqual([])
      })

      it('is needed: without it an empty record stays', async (space) => {
        await space.create('a', { set: attributes({ one: '1' }) })
        await space.update('a', { unset: ['one'] })
        expect(await names(space)).toEqual([])
      })
    })
  })
}
