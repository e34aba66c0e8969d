import { describe, expect, test } from 'vitest'
import { withFolder } from '../support/container.js'
import type { ShopNode } from '../support/shop-node.js'
import type { Visitor } from '../support/visitor.js'
import { type Nodes, withNodes } from './cluster/nodes.js'
import { ask, idOf, readOn, visitorAt } from './cluster/visits.js'

/** Two processes on one folder. Neither reaches its next touch, which is due after a minute. */
const withPair = (use: (a: ShopNode, b: ShopNode, nodes: Nodes) => Promise<void>) =>
  withFolder((path) => {
    const scope = { storage: 'embedded', cluster: false }
    const caches = { embedded: { driver: 'lmdb', storage: true, path } }
    const config = { caches, applications: { shop: { session: scope, client: scope } } }
    return withNodes({ config }, 2, (nodes) => use(nodes.node(0), nodes.node(1), nodes))
  })

/** A visitor whose session both processes hold in memory. */
async function heldByBoth(a: ShopNode, b: ShopNode): Promise<Visitor> {
  const visitor = await visitorAt(a, 'set=name:ada')
  expect(await readOn([a, b], visitor)).toEqual([{ name: 'ada' }, { name: 'ada' }])
  return visitor
}

describe('LMDB with cluster: false, at the next request on the other process', () => {
  test('67. a logout holds', () =>
    withPair(async (a, b) => {
      const visitor = await heldByBoth(a, b)
      const before = visitor.clone()
      await ask(visitor, a, 'invalidate')
      expect(await readOn([b, a], before)).toEqual([{}, {}])
    }))

  test('67. a login holds: the old cookie is dead, the new one has the principal', () =>
    withPair(async (a, b) => {
      const visitor = await heldByBoth(a, b)
      const before = visitor.clone()
      await ask(visitor, a, 'login=ada')
      expect(await readOn([b], before)).toEqual([{}])
      expect(await ask(visitor, b, 'principal')).toBe('ada')
      expect(await readOn([b, a], visitor)).toEqual([{ name: 'ada' }, { name: 'ada' }])
    }))

  test('67. a rotation holds, and so does an end by id, as an operator or a job asks for it', () =>
    withPair(async (a, b) => {
      const visitor = await heldByBoth(a, b)
      const before = visitor.clone()
      await ask(visitor, a, 'rotate')
      expect(await readOn([b], before)).toEqual([{}])
      expect(await readOn([b], visitor)).toEqual([{ name: 'ada' }])
      const operator = await visitorAt(b, 'read')
      expect(await ask(operator, a, `end=${idOf(visitor)}`)).toBe(1)
      expect(await readOn([b, a], visitor)).toEqual([{}, {}])
    }))

  test('67. a change is seen, and neither process loses what the other has stored', () =>
    withPair(async (a, b) => {
      const visitor = await heldByBoth(a, b)
      for (const count of [1, 2, 3]) {
        await ask(visitor, a, `set=a:${count}`)
        await ask(visitor, b, `set=b:${count}`)
        expect(await readOn([a, b], visitor)).toEqual(
          Array.from({ length: 2 }, () => ({ name: 'ada', a: `${count}`, b: `${count}` })),
        )
      }
    }))
})
