import type { Suite } from './suite.js'
import { attributes, life, minute, type TestSpace } from './test-space.js'

const descriptions = [
  'Firefox on Linux, 192.0.2.1',
  '',
  ' a \n\t\u0001\u007f ',
  '"quoted\\" \'and\' {0,1} \\x00 %s $1 null',
  'é and e\u0301, 😀, \ufeff, \uffff',
  'd'.repeat(1024),
  '😀'.repeat(256),
]

export function descriptionCases({ describe, it, expect }: Suite): void {
  const description = async (space: TestSpace, id = 'a') => (await space.stored(id)).description

  describe('descriptions', () => {
    it('come back as they were given, from a create and an update', async (space) => {
      for (const [n, text] of descriptions.entries()) {
        await space.create(`created-${n}`, { description: text })
        await space.create(`updated-${n}`)
        await space.update(`updated-${n}`, { description: text })
        expect([await description(space, `created-${n}`), await description(space, `updated-${n}`)]).toEqual([
          text,
          text,
        ])
      }
    })

    it('are null until they are set, and again once they are removed', async (space) => {
      await space.create('a', { set: attributes({ cart: '1' }) })
      expect(await description(space)).toBe(null)
      await space.update('a', { description: 'laptop' })
      await space.update('a', { description: null })
      expect(await description(space)).toBe(null)
    })

    it('change only where a change names them', async (space) => {
      await space.create('a', { description: 'laptop', principal: 'ada', set: attributes({ cart: '1' }) })
      await space.load('a', { touch: { touchedAt: space.now + 1, hits: 1 } })
      await space.update('a', { set: attributes({ cart: '2' }) })
      await space.update('a', { unset: ['cart'] })
      await space.update('a', {
        reseal: { from: 'seal', to: 'other', replaced: '' },
        life: { endsAt: space.now + minute },
      })
      await space.update('a', { principal: 'bob' })
      await space.update('a', { principal: null })
      expect(await description(space)).toBe('laptop')
      await space.update('a', { set: attributes({ cart: '3' }), description: 'phone' })
      expect(await space.stored('a')).toMatchObject({ description: 'phone', principal: null })
    })

    it('are not changed by a refused update', async (space) => {
      await space.create('a', { description: 'laptop', version: 'v1' })
      expect(await space.update('a', { description: 'phone', ifVersion: 'v0' })).toMatchObject({ status: 'conflict' })
      expect(await space.create('a', { description: 'phone' })).toEqual({ status: 'exists' })
      expect(await description(space)).toBe('laptop')
    })

    it('are listed, and given with a claim', async (space) => {
      await space.create('a', { description: 'laptop', principal: 'ada' })
      await space.create('b', { description: 'phone' })
      await space.create('c', { principal: 'ada' })
      const listed = async (principal: object) =>
        (await space.space.list({ now: space.now, limit: 10, ...principal })).items
          .map(({ id, description }) => [id, description])
          .toSorted()
      expect(await listed({})).toEqual([
        ['a', 'laptop'],
        ['b', 'phone'],
        ['c', null],
      ])
      expect(await listed({ principal: 'ada' })).toEqual([
        ['a', 'laptop'],
        ['c', null],
      ])
      space.pass(life.idleMs)
      const claims = await space.claim()
      expect(claims.map(({ record }) => [record.id, record.description]).toSorted()).toEqual([
        ['a', 'laptop'],
        ['b', 'phone'],
        ['c', null],
      ])
    })
  })
}
