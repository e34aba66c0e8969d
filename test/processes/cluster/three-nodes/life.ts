import { expect } from 'vitest'
import { longestSlack } from '../modes.js'
import { describeEverywhere, lifetime, minute, skew, slack, timeout } from '../shops.js'
import { ask, everywhere, idOf, quiet, readOn, visitorAt } from '../visits.js'

const year = 365 * 24 * 60 * minute

describeEverywhere((test) => {
  test('6. reads on one node after the other keep a session alive for three timeouts', async ({ shops }) => {
    const visitor = await visitorAt(shops.a, 'set=k:1')
    for (let turn = 0; turn < 6; turn += 1) {
      await shops.skip(timeout / 2)
      const shop = shops.three[turn % 3] ?? shops.a
      expect(await readOn([shop], visitor), `turn ${turn}`).toEqual([{ k: '1' }])
    }
  })

  test('7. after the timeout the old cookie is that of nobody on every node, and the next write begins another session', async ({
    shops,
  }) => {
    const { a, b, three } = shops
    const visitor = await visitorAt(a, 'set=name:end-7')
    await readOn([b], visitor)
    const before = visitor.clone()
    await shops.skip(timeout + slack)
    expect(await readOn(three, before)).toEqual(everywhere(three, {}))
    expect((await visitor.get(b.url, '/?set=k:2')).setCookie).toHaveLength(1)
    expect(idOf(visitor)).not.toBe(idOf(before))
    expect(await readOn(three, visitor)).toEqual(everywhere(three, { k: '2' }))
    expect(await shops.endsOf('end-7')).toMatchObject([{ reason: 'timeout', attempt: 1 }])
  })

  test('8. a session in use on all nodes ends with its lifetime', async ({ shops }) => {
    const { three } = shops
    const visitor = await visitorAt(shops.a, 'set=name:end-8')
    for (let turn = 1; turn < 6; turn += 1) {
      await shops.skip(lifetime / 6)
      expect(await readOn(three, visitor), `turn ${turn}`).toEqual(everywhere(three, { name: 'end-8' }))
    }
    await shops.skip(lifetime / 6 + skew)
    expect(await readOn(three, visitor)).toEqual(everywhere(three, {}))
    expect(await shops.endsOf('end-8')).toMatchObject([{ reason: 'lifetime', attempt: 1 }])
  })

  test('9. with timeout: never a session is there years later, and gone when it is ended', async ({ shops }) => {
    const { a, b, three } = shops.of('lasting')
    const visitor = await visitorAt(a, 'set=k:1')
    await shops.skip(10 * year)
    expect(await readOn(three, visitor)).toEqual(everywhere(three, { k: '1' }))
    const before = visitor.clone()
    await ask(visitor, b, 'invalidate')
    await shops.skip(longestSlack)
    expect(await readOn(three, before)).toEqual(everywhere(three, {}))
  })

  test('10. a timeout set for one session on one node holds on all, and for that session only', async ({ shops }) => {
    const { a, b, three } = shops
    const [longer, usual] = [await visitorAt(a, 'set=name:end-10&timeout=12m'), await visitorAt(a, 'set=k:1')]
    await shops.skip(timeout + slack)
    expect(await readOn(three, usual)).toEqual(everywhere(three, {}))
    expect(await readOn(three, longer)).toEqual(everywhere(three, { name: 'end-10' }))
    await ask(longer, b, 'timeout=1s')
    await shops.skip(2_000)
    expect(await shops.endsOf('end-10')).toMatchObject([{ reason: 'timeout', attempt: 1 }])
    await shops.skip(longestSlack)
    expect(await readOn(three, longer)).toEqual(everywhere(three, {}))
  })

  test('39. what onRequestStart changes before it refuses a request is there on other nodes', async ({ shops }) => {
    const { a, b } = shops
    const visitor = await visitorAt(a, 'set=k:1')
    expect(await visitor.get(a.url, '/?increment=refused&refuse')).toMatchObject({ ...quiet, status: 404 })
    expect(await readOn([b], visitor)).toEqual([{ k: '1', refused: 1 }])
  })
})
