import { describe, expect } from 'vitest'
import type { ShopNode } from '../../support/shop-node.js'
import { Visitor } from '../../support/visitor.js'
import { type Mode, modes, nodesTest } from './nodes-test.js'
import { ask, readOn, visitorAt } from './visits.js'

const longestSlack = 60_000

const namesLike = (mode: Mode) => [mode.toUpperCase(), `${mode}er`]
const test = nodesTest(2, { also: namesLike })

describe.for(modes)('applications on one Redis, %s', (mode) => {
  test('41. whose names differ by case or prefix never meet', async ({ shared }) => {
    const [a, b] = [shared.node(0), shared.node(1)]
    const names = [mode, ...namesLike(mode)]
    const visitor = new Visitor()
    for (const name of names) await ask(visitor, a.at(name), `login=ada&set=of:${name}&remember=of:${name}`)
    expect(visitor.cookies.size).toBe(2 * names.length)
    for (const name of names) {
      expect(await ask(visitor, b.at(name), 'read')).toEqual({ of: name })
      expect(await ask(visitor, b.at(name), 'recall')).toEqual({ of: name })
      expect(await ask(visitor, b.at(name), 'find=ada')).toEqual([await ask(visitor, a.at(name), 'id')])
    }
    const before = visitor.clone()
    await ask(visitor, a.at(mode), 'invalidate')
    await shared.skip(longestSlack)
    const onB = names.map((name) => b.at(name))
    expect(await readOn(onB, before)).toEqual([{}, ...namesLike(mode).map((name) => ({ of: name }))])
    const ends = await shared.journalHas(1, ({ data }) => names.includes(String(data.of)))
    expect(ends).toMatchObject([{ application: mode, data: { of: mode } }])
  })
})

describe('a rolling restart on one Redis', () => {
  test('24. leaves nodes of the old version with what they know, and they lose nothing that the new one stores', async ({
    shared,
  }) => {
    const newer = await shared.start({ isNewVersion: true })
    for (const mode of modes) {
      const [old, next] = [shared.node(0).at(mode), newer.at(mode)]
      const visitor = await visitorAt(old, 'login=ada&push=cart:book&set=obsolete:yes')
      const before = visitor.clone()
      const id = await ask(visitor, next, 'price=500&remove=obsolete&push=cart:pen&id')
      await shared.skip(longestSlack)
      const known = { cart: ['book', 'pen'] }
      expect(await readOn([old], visitor)).toEqual([known])
      expect(await ask(visitor, old, 'told=scope:undecodable')).toMatchObject([{ id, name: 'price' }])
      expect(await ask(visitor, old, 'set=note:gift&principal')).toBe('ada')
      await shared.skip(longestSlack)
      expect(await readOn([next], visitor)).toEqual([{ ...known, price: { cents: 500 }, note: 'gift' }])
      expect(visitor).toEqual(before)
    }
  })

  test('49. lets a node answer what it has begun, and all of it is there on the others', async ({ shared }) => {
    const leaving = await shared.start()
    const visits = modes.flatMap((mode) => Array.from({ length: 10 }, () => visitThatWaits(leaving, mode)))
    await Promise.all(visits.map(({ reached }) => reached))
    const stopped = leaving.stop()
    for (const { open } of visits) open()
    for (const { mode, visited } of visits)
      expect(await readOn([shared.node(0).at(mode)], await visited)).toEqual([{ cart: ['0', '1'] }])
    expect(await stopped).toBe(0)
  })
})

/** A visitor whose second request waits before it changes anything. */
function visitThatWaits(node: ShopNode, mode: Mode) {
  const { step, reached, open } = node.hold()
  const visit = async () => {
    const { url } = node.at(mode)
    const visitor = await visitorAt({ url }, 'push=cart:0')
    expect((await visitor.get(url, `/?${step}&push=cart:1`)).status).toBe(200)
    return visitor
  }
  return { mode, reached, open, visited: visit() }
}
