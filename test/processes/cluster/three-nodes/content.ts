import { expect } from 'vitest'
import { Visitor } from '../../../support/visitor.js'
import { describeClustered, describeEverywhere, describeMemoryFirst } from '../shops.js'
import { ask, everywhere, idOf, quiet, readOn, visitorAt } from '../visits.js'

describeClustered((test) => {
  test('15. what one node writes, the next request on another sees, also when that one holds an older copy', async ({
    shops,
  }) => {
    const { a, b } = shops
    const visitor = await visitorAt(a, 'set=k:1')
    expect(await readOn([b], visitor)).toEqual([{ k: '1' }])
    await ask(visitor, a, 'set=k:2&push=cart:book')
    expect(await readOn([b], visitor)).toEqual([{ k: '2', cart: ['book'] }])
    await ask(visitor, b, 'remove=k&push=cart:pen')
    expect(await readOn(shops.three, visitor)).toEqual(everywhere(shops.three, { cart: ['book', 'pen'] }))
  })

  test('15. what commit() saves in the middle of a request another node sees at once, and reload() shows what that one writes', async ({
    shops,
  }) => {
    const { a, b } = shops
    const visitor = await visitorAt(a, 'set=k:1')
    const held = a.hold()
    const request = visitor.get(a.url, `/?set=k:2&commit&${held.step}&reload&read`)
    await held.reached
    expect(await ask(visitor, b, 'read&set=k:3')).toEqual({ k: '2' })
    held.open()
    expect((await request).json()).toEqual({ k: '3' })
    expect(await readOn([b], visitor)).toEqual([{ k: '3' }])
  })

  test('14. ten visits in turn on three nodes that each push into one array make ten items', async ({ shops }) => {
    const visitor = await visitorAt(shops.c, 'push=cart:0')
    for (let item = 1; item < 10; item += 1) {
      const shop = shops.three[item % 3] ?? shops.a
      await ask(visitor, shop, `push=cart:${item}`)
    }
    expect(await readOn([shops.a], visitor)).toEqual([{ cart: [...'0123456789'] }])
  })
})

describeEverywhere((test) => {
  test('3. the first write sends one cookie and makes one record, which every node serves', async ({ shops }) => {
    const visitor = new Visitor()
    expect(await visitor.get(shops.a.url, '/?read')).toMatchObject(quiet)
    const { setCookie } = await visitor.get(shops.a.url, '/?set=k:1')
    expect(setCookie).toEqual([expect.stringMatching(/^[^;]+_sid=[^;]+; Path=\/[^;]+; HttpOnly; SameSite=Lax$/)])
    for (const shop of shops.three) {
      expect(await visitor.get(shop.url, '/?read')).toMatchObject({ ...quiet, text: '{"k":"1"}' })
      expect(await ask(visitor, shop, 'id')).toBe(idOf(visitor))
    }
  })

  test('4. when the last attribute is removed the record goes on every node', async ({ shops }) => {
    const { a, b, three } = shops
    const visitor = await visitorAt(a, 'set=k:1')
    await readOn([b], visitor)
    expect(await visitor.get(a.url, '/?remove=k')).toMatchObject(quiet)
    await shops.learn()
    expect(await readOn(three, visitor)).toEqual(everywhere(three, {}))
    const before = visitor.clone()
    await ask(visitor, b, 'set=m:1')
    expect(idOf(visitor)).not.toBe(idOf(before))
  })

  test('4. when the last attribute is removed while another node adds one, that one stays', async ({ shops }) => {
    const { a, b, three } = shops
    const visitor = await visitorAt(a, 'set=k:1')
    const held = a.hold()
    const removal = visitor.get(a.url, `/?remove=k&${held.step}`)
    await held.reached
    await ask(visitor, b, 'set=m:1')
    held.open()
    expect(await removal).toMatchObject(quiet)
    await shops.learn()
    expect(await readOn(three, visitor)).toEqual(everywhere(three, { m: '1' }))
  })

  test('22. large, many and oddly named attributes are the same on another node', async ({ shops }) => {
    const visitor = await visitorAt(shops.a, 'fill')
    for (const shop of shops.three) expect(await ask(visitor, shop, 'isFilled')).toBe(true)
  })

  test('23. a value that cannot be stored fails its request, of which no node sees anything', async ({ shops }) => {
    const { a, three } = shops
    const visitor = await visitorAt(a, 'set=k:1')
    const failed = { status: 500, setCookie: [] }
    expect(await visitor.get(a.url, '/?set=m:1&unstorable=k')).toMatchObject(failed)
    expect(await readOn(three, visitor)).toEqual(everywhere(three, { k: '1' }))
  })

  for (const order of ['in the order they came', 'in the other order']) {
    test(`16. two requests on two nodes that change different attributes and end ${order} both keep theirs`, async ({
      shops,
    }) => {
      const { a, b, c } = shops
      const visitor = await visitorAt(a, 'set=k:1')
      const holds = [a.hold(), b.hold()] as const
      const onA = visitor.get(a.url, `/?set=first:1&${holds[0].step}`)
      await holds[0].reached
      const onB = visitor.get(b.url, `/?set=second:2&${holds[1].step}`)
      await holds[1].reached
      const ends = [
        { held: holds[0], request: onA },
        { held: holds[1], request: onB },
      ]
      for (const { held, request } of order === 'in the order they came' ? ends : ends.reverse()) {
        held.open()
        expect((await request).status).toBe(200)
      }
      await shops.learn()
      const all = { k: '1', first: '1', second: '2' }
      expect(await readOn([c, a, b], visitor)).toEqual(everywhere(shops.three, all))
    })
  }

  test.for([
    ['of several', 'set=j:0&set=k:1', { j: '0', m: '1' }],
    ['the last one', 'set=k:1', { m: '1' }],
  ] as const)(
    '17. an attribute, %s, that A removes stays removed when B, which had loaded it, writes another',
    async ([, first, kept], { shops }) => {
      const { a, b, c } = shops
      const visitor = await visitorAt(a, first)
      const held = b.hold()
      const write = visitor.get(b.url, `/?get=k&${held.step}&set=m:1`)
      await held.reached
      await ask(visitor, a, 'remove=k')
      held.open()
      await write
      await shops.learn()
      expect(await readOn([c, a, b], visitor)).toEqual(everywhere(shops.three, kept))
    },
  )

  test('18. thirty parallel requests of one session on three nodes that write two attributes each keep all, in one record', async ({
    shops,
  }) => {
    const visitor = await visitorAt(shops.a, 'set=k:1')
    const before = visitor.clone()
    const numbers = Array.from({ length: 30 }, (_, number) => number)
    const answers = await Promise.all(
      numbers.map((n) => visitor.get((shops.three[n % 3] ?? shops.a).url, `/?set=first${n}:${n}&set=second${n}:${n}`)),
    )
    expect(answers).toMatchObject(Array(30).fill(quiet))
    expect(visitor).toEqual(before)
    await shops.learn()
    const all = numbers.flatMap((n) => [
      [`first${n}`, `${n}`],
      [`second${n}`, `${n}`],
    ])
    const session = { k: '1', ...Object.fromEntries(all) }
    expect(await readOn(shops.three, visitor)).toEqual(everywhere(shops.three, session))
  })

  test('47. a write to a session whose response has begun throws, and nothing of it is saved anywhere', async ({
    shops,
  }) => {
    const visitor = await visitorAt(shops.a, 'set=k:1')
    const { text } = await visitor.get(shops.a.url, '/?set=k:2&stream&set=late:1')
    expect(text).toBe('begun; SCOPE_CLOSED')
    expect(await readOn([shops.b, shops.a], visitor)).toEqual(everywhere([shops.b, shops.a], { k: '2' }))
  })

  test('48. a redirect right after a write leads to another node, which shows what was written', async ({ shops }) => {
    const { a, b, c } = shops
    const visitor = await visitorAt(a, 'set=k:1')
    for (const { url } of [b, c]) {
      const target = `${url}/?read`
      const { status, headers } = await visitor.get(a.url, `/?push=cart:book&redirect=${encodeURIComponent(target)}`)
      expect({ status, location: headers.get('location') }).toEqual({ status: 302, location: target })
      const cart = url === b.url ? ['book'] : ['book', 'book']
      expect((await visitor.get(target, '')).json()).toEqual({ k: '1', cart })
    }
  })

  test('48. the cookie and the data of a new session are there for the redirect of its very first request', async ({
    shops,
  }) => {
    const visitor = await visitorAt(shops.a, `set=k:1&redirect=${encodeURIComponent(`${shops.b.url}/?read`)}`)
    expect(await readOn([shops.b], visitor)).toEqual([{ k: '1' }])
  })

  test('40. what a request changed before it failed is there on another node', async ({ shops }) => {
    const visitor = await visitorAt(shops.a, 'set=k:1')
    expect((await visitor.get(shops.a.url, '/?set=m:2&fail=418')).status).toBe(418)
    expect(await readOn([shops.b], visitor)).toEqual([{ k: '1', m: '2' }])
  })
})

describeMemoryFirst((test) => {
  test('25. what another node changes is seen here within a tenth of the timeout, a minute at most, and at once by a node that did not hold the session', async ({
    shops,
  }) => {
    const { a, b, c } = shops
    const visitor = await visitorAt(a, 'set=k:1')
    await ask(visitor, b, 'set=k:2')
    expect(await readOn([c], visitor)).toEqual([{ k: '2' }])
    await shops.learn()
    expect(await readOn([a, b], visitor)).toEqual([{ k: '2' }, { k: '2' }])
  })

  test('25. a node that holds an older copy overwrites nothing of another with it', async ({ shops }) => {
    const { a, b, c } = shops
    const visitor = await visitorAt(a, 'set=k:1&set=m:1')
    await ask(visitor, b, 'set=k:2')
    await ask(visitor, a, 'set=m:2')
    await shops.learn()
    const all = { k: '2', m: '2' }
    expect(await readOn([c, a, b], visitor)).toEqual(everywhere(shops.three, all))
  })
})
