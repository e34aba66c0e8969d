import type { Suite } from './suite.js'
import { life, minute, start, type TestSpace } from './test-space.js'

const principals = [
  'ada',
  'ada ',
  'Ada',
  'ad',
  'ada:1',
  'ada:',
  ':ada',
  'a b c',
  'ada\0',
  'ada\0b',
  'ada*',
  '*',
  '__proto__',
  '0',
  'p'.repeat(300),
  'p'.repeat(299),
  '😀'.repeat(300),
  'é@example.com',
  'e\u0301@example.com',
]

export function principalCases({ describe, it, expect }: Suite): void {
  const idsOf = async (space: TestSpace, principal: string) => (await space.ids({ principal, limit: 2 })).sort()

  describe('principals', () => {
    it('list exactly their own records', async (space) => {
      for (const [n, principal] of principals.entries()) {
        await space.create(`${n}-one`, { principal })
        await space.create(`${n}-two`)
        await space.update(`${n}-two`, { principal })
      }
      await space.create('nobody')
      for (const [n, principal] of principals.entries())
        expect(await idsOf(space, principal)).toEqual([`${n}-one`, `${n}-two`])
      expect(await idsOf(space, 'unknown')).toEqual([])
    })

    it('come back as they were given', async (space) => {
      for (const [n, principal] of principals.entries()) {
        await space.create(`${n}`, { principal })
        expect((await space.stored(`${n}`)).principal).toBe(principal)
      }
    })

    it('list all pages, each record once', async (space) => {
      const ids = Array.from({ length: 20 }, (_, n) => `id-${n}`)
      for (const id of ids) {
        await space.create(id, { principal: 'ada' })
        await space.create(`other-${id}`, { principal: 'bob' })
      }
      for (const limit of [1, 3, 20, 100])
        expect((await space.ids({ principal: 'ada', limit })).sort()).toEqual([...ids].sort())
    })

    it('list heads', async (space) => {
      await space.create('a', { principal: 'ada' })
      const { attributes: _, ...head } = await space.stored('a')
      expect((await space.space.list({ now: space.now, limit: 10, principal: 'ada' })).items).toEqual([head])
    })

    it('are left alone by an update that does not name them', async (space) => {
      await space.create('a', { principal: 'ada' })
      space.pass(minute)
      await space.update('a')
      expect(await space.stored('a')).toMatchObject({ principal: 'ada', principalSince: start })
    })

    it('get a new principalSince with every setting, also of the present one', async (space) => {
      await space.create('a', { principal: 'ada' })
      space.pass(minute)
      await space.update('a', { principal: 'ada' })
      expect(await space.stored('a')).toMatchObject({ principal: 'ada', principalSince: start + minute })
      space.pass(minute)
      await space.update('a', { principal: 'bob' })
      expect(await space.stored('a')).toMatchObject({ principal: 'bob', principalSince: start + 2 * minute })
      expect([await idsOf(space, 'ada'), await idsOf(space, 'bob')]).toEqual([[], ['a']])
    })

    it('are removed by null', async (space) => {
      await space.create('a', { principal: 'ada' })
      await space.update('a', { principal: null })
      expect(await space.stored('a')).toMatchObject({ principal: null, principalSince: null })
      expect([await idsOf(space, 'ada'), await space.ids()]).toEqual([[], ['a']])
    })

    it('list a record again that left and came back', async (space) => {
      await space.create('a', { principal: 'ada' })
      await space.update('a', { principal: 'bob' })
      await space.update('a', { principal: 'ada' })
      expect([await idsOf(space, 'ada'), await idsOf(space, 'bob')]).toEqual([['a'], []])
    })

    it('list no record that expired, ended or was settled', async (space) => {
      const forever = { idleMs: null, endsAt: null }
      await space.create('live', { principal: 'ada', life: forever })
      await space.create('expired', { principal: 'ada' })
      await space.create('ended', { principal: 'ada', life: forever })
      await space.create('settled', { principal: 'ada', life: forever })
      await space.update('ended', { ending: 'limit' })
      await space.remove('settled')
      space.pass(life.idleMs)
      expect(await idsOf(space, 'ada')).toEqual(['live'])
    })

    it('list a record however long it has been idle', async (space) => {
      await space.create('a', { principal: 'ada', life: { idleMs: null, endsAt: null } })
      space.pass(365 * 24 * 60 * minute)
      expect(await idsOf(space, 'ada')).toEqual(['a'])
    })

    it('list every record of many parallel logins', async (space) => {
      const ids = Array.from({ length: 30 }, (_, n) => `id-${n}`)
      await Promise.all(ids.map((id) => space.create(id)))
      await Promise.all(ids.map((id) => space.update(id, { principal: 'ada' })))
      expect(await idsOf(space, 'ada')).toEqual(ids.sort())
    })
  })
}
