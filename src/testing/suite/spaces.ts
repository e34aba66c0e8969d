import type { Suite } from './suite.js'
import { attributes, life, start, textsOf } from './test-space.js'

const similarNames = (name: string) => [
  name,
  name.toUpperCase(),
  `${name}:`,
  `${name}:session`,
  `${name}2`,
  ` ${name}`,
  `${name}/x`,
  `${name}.`,
  `${name}\0`,
  `${name}é`,
  `${name}e\u0301`,
]

export function spaceCases({ describe, it, expect, store }: Suite): void {
  describe('spaces', () => {
    it('whose names differ in any character never share a record', async (space) => {
      const spaces = await Promise.all(similarNames(space.name).map((name) => store.space(name)))
      for (const each of spaces) {
        expect(await each.create('a', { principal: 'ada', set: attributes({ name: each.name }) })).toMatchObject({
          status: 'saved',
        })
      }
      for (const each of spaces) {
        expect(textsOf(await each.stored('a'))).toEqual([['name', each.name]])
        expect([await each.ids(), await each.ids({ principal: 'ada' })]).toEqual([['a'], ['a']])
      }
      await space.remove('a')
      for (const each of spaces.slice(1)) expect((await each.load('a')).status).toBe('loaded')
    })

    it('give only their own records to be claimed', async (space) => {
      const [one, ...others] = await Promise.all(similarNames(space.name).map((name) => store.space(name)))
      for (const other of others) await other.create('a')
      if (one) one.now = start + life.idleMs
      expect(await one?.claim()).toEqual([])
      expect(await one?.claim({ id: 'a' })).toEqual([])
    })

    it('of one name are one space', async (space) => {
      for (const name of similarNames(space.name)) {
        const [one, again] = [await store.space(name), await store.space(name)]
        await one.create('a', { set: attributes({ cart: '1' }) })
        expect(textsOf(await again.stored('a'))).toEqual([['cart', '1']])
        await again.update('a', { set: attributes({ cart: '2' }) })
        expect(textsOf(await one.stored('a'))).toEqual([['cart', '2']])
      }
    })

    it('keep ids apart that differ in any character', async (space) => {
      const ids = [
        'a',
        '',
        'A',
        'ab',
        'a:',
        'a:b',
        'a\0',
        'a/b',
        '..',
        '.',
        'å',
        '__proto__',
        'constructor',
        'a'.repeat(200),
      ]
      for (const id of ids) await space.create(id, { set: attributes({ [`of ${id}`]: id }) })
      for (const id of ids) expect(textsOf(await space.stored(id))).toEqual([[`of ${id}`, id]])
      await space.remove('a')
      for (const limit of [1, 100]) expect((await space.ids({ limit })).sort()).toEqual(ids.slice(1).sort())
      for (const id of ids.slice(1)) expect(textsOf(await space.stored(id))).toEqual([[`of ${id}`, id]])
    })
  })

  describe('the driver', () => {
    it('reports its health', async (space) => {
      const { warnings, details, storeTime } = await space.driver.health({ now: space.now })
      expect([Array.isArray(warnings), typeof details]).toEqual([true, 'object'])
      expect(typeof storeTime).toBe(store.capabilities.clock ? 'number' : 'undefined')
    })

    it('has the optional members its capabilities name, and no others', async ({ driver, space }) => {
      const { locks, notices, objects } = driver.capabilities
      const present = (member: unknown) => typeof member === 'function'
      expect([present(space.lock), present(space.unlock), present(space.watch), present(driver.objects)]).toEqual([
        locks,
        locks,
        notices !== 'none',
        objects,
      ])
    })

    it('has the capabilities of its definition', async ({ driver }) => {
      expect(driver.capabilities).toEqual(store.capabilities)
    })
  })
}
