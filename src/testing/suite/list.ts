import { pagesOf } from '../../storage/pages.js'
import type { Suite } from './suite.js'
import { attributes, life, start, type TestSpace } from './test-space.js'

async function createMany(space: TestSpace, prefix: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `${prefix}-${n}`)
  for (const id of ids) await space.create(id)
  return ids
}

export function listCases({ describe, it, expect, store, when }: Suite): void {
  const withExactCount = when(store.capabilities.exactCount, 'exactCount is false')

  describe('list', () => {
    it('of an empty space is one empty page', async (space) => {
      expect(await space.space.list({ now: space.now, limit: 10 })).toEqual({ items: [] })
    })

    it('gives heads as load would, without attributes', async (space) => {
      await space.create('a', { principal: 'ada', set: attributes({ cart: '1' }) })
      await space.load('a', { touch: { touchedAt: start + 1, hits: 1 } })
      const { attributes: _, ...head } = await space.stored('a')
      expect(await space.space.list({ now: space.now, limit: 10 })).toEqual({ items: [head] })
    })

    it('returns every live record exactly once, with pages of any size', async (space) => {
      const ids = (await createMany(space, 'id', 25)).sort()
      for (const limit of [1, 2, 7, 24, 25, 26, 1000]) expect((await space.ids({ limit })).sort()).toEqual(ids)
    })

    it('gives at most as many as asked for, and a cursor while there may be more', async (space) => {
      await createMany(space, 'id', 5)
      const page = await space.space.list({ now: space.now, limit: 3 })
      expect([page.items.length, typeof page.cursor]).toEqual([3, 'string'])
    })

    it('leaves out what expired or ended', async (space) => {
      await space.create('live', { life: { idleMs: null, endsAt: null } })
      await space.create('expired')
      await space.create('ended')
      await space.update('ended', { ending: 'logout' })
      space.pass(life.idleMs)
      expect(await space.ids({ limit: 1 })).toEqual(['live'])
    })

    it('gives what was live throughout exactly once while others come, go and change', async (space) => {
      const steady = await createMany(space, 'steady', 20)
      await createMany(space, 'leaving', 20)
      const seen: string[] = []
      let page = 0
      for await (const { items } of pagesOf((from) => space.space.list({ now: space.now, limit: 3, ...from }))) {
        seen.push(...items.map(({ id }) => id))
        await space.create(`coming-${page}`)
        for (const { id } of items) if (id.startsWith('leaving')) await space.remove(id)
        await space.remove(`leaving-${page}`)
        for (const id of steady)
          await space.update(id, { set: attributes({ page: `${page}` }), touch: { touchedAt: start + page } })
        page += 1
      }
      expect(seen.filter((id) => id.startsWith('steady')).sort()).toEqual(steady.sort())
      expect(seen.length).toBe(new Set(seen).size)
    })
  })

  describe('count', () => {
    withExactCount('counts live records only', async (space) => {
      expect(await space.count()).toBe(0)
      await createMany(space, 'id', 5)
      await space.create('forever', { life: { idleMs: null, endsAt: null } })
      expect(await space.count()).toBe(6)
      await space.update('id-0', { ending: 'logout' })
      await space.remove('id-1')
      await space.update('id-2', { dropIfEmpty: true })
      expect(await space.count()).toBe(3)
      space.pass(life.idleMs)
      expect(await space.count()).toBe(1)
      await space.settle(await space.claim())
      expect(await space.count()).toBe(1)
    })
  })
}
