import { expect } from 'vitest'
import { Gate } from '../support/gate.js'
import { describeClustered, describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

/** After this a node in either mode knows what others did. */
const longestSlack = 60_000

/** A page that has loaded the session when it waits at the gate, and changes it afterwards. */
const waitingAt = (gate: Gate, change: (ctx: PageContext) => void) => async (ctx: PageContext) => {
  await gate.pass()
  change(ctx)
}

const set = (name: string) => (ctx: PageContext) => {
  ctx.session[name] = name
}

describeClustered.andServers(({ test }) => {
  test('15. what one node writes, the next request on another node sees, also when that one holds an older copy', async ({
    store,
  }) => {
    const [a, b] = await store.pair(shop(sessionPages))
    const visitor = new Visitor()
    await visitor.get(a.url, '/write?k=1')
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ k: '1' })
    await visitor.get(a.url, '/write?k=2&m=3')
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ k: '2', m: '3' })
    await visitor.get(b.url, '/remove?k')
    expect((await visitor.get(a.url, '/read')).json()).toEqual({ m: '3' })
  })
})

describeEverywhere.andServers(({ test }) => {
  for (const order of ['in the order they came', 'in the other order']) {
    test(`16. two requests on two nodes that change different attributes and end ${order} both keep theirs`, async ({
      store,
    }) => {
      const [first, second] = [new Gate(), new Gate()]
      const pages = { '/first': waitingAt(first, set('first')), '/second': waitingAt(second, set('second')) }
      const application = shop({ ...sessionPages, ...pages })
      const [a, b] = await store.pair(application)
      const visitor = new Visitor()
      await visitor.get(a.url, '/write?k=1')

      const onA = visitor.get(a.url, '/first')
      await first.reached
      const onB = visitor.get(b.url, '/second')
      await second.reached
      const ends = [
        { gate: first, request: onA },
        { gate: second, request: onB },
      ]
      for (const { gate, request } of order === 'in the order they came' ? ends : ends.reverse()) {
        gate.open()
        expect((await request).status).toBe(200)
      }
      const fresh = await store.node(application)
      store.skip(longestSlack)
      for (const { url } of [fresh, a, b]) {
        expect((await visitor.get(url, '/read')).json()).toEqual({ k: '1', first: 'first', second: 'second' })
      }
    })
  }

  test('16. a save that overtakes another on its way to the store loses nothing', async ({ store }) => {
    const [a, b] = await store.pair(shop(sessionPages))
    const visitor = new Visitor()
    await visitor.get(a.url, '/write?k=1')
    const onTheWay = a.line.hold('save')
    const slow = visitor.get(a.url, '/write?first=1&both=first')
    await onTheWay.reached
    await visitor.get(b.url, '/write?second=2&both=second')
    onTheWay.open()
    await slow
    const fresh = await store.node(shop(sessionPages))
    store.skip(longestSlack)
    const expected = { k: '1', first: '1', second: '2', both: 'first' }
    for (const { url } of [fresh, a, b]) expect((await visitor.get(url, '/read')).json()).toEqual(expected)
  })

  test.for([
    ['of several', '/write?j=0&k=1', { j: '0', m: '1' }],
    ['the last one', '/write?k=1', { m: '1' }],
  ] as const)(
    '17. an attribute, %s, that A removes stays removed when B, which had loaded it, writes another',
    async ([, first, kept], { store }) => {
      const beforeWrite = new Gate()
      const pages = {
        ...sessionPages,
        '/write-slowly': async ({ session }: PageContext) => {
          const seen = session.k
          await beforeWrite.pass()
          session.m = seen
        },
      }
      const [a, b] = await store.pair(shop(pages))
      const visitor = new Visitor()
      await visitor.get(a.url, first)
      const write = visitor.get(b.url, '/write-slowly')
      await beforeWrite.reached
      await visitor.get(a.url, '/remove?k')
      beforeWrite.open()
      await write
      const fresh = await store.node(shop(pages))
      store.skip(longestSlack)
      for (const { url } of [fresh, a, b]) {
        expect((await visitor.get(url, '/read')).json()).toEqual(kept)
      }
    },
  )

  test('18. ten parallel requests of one session that write two attributes each keep all twenty, in one record', async ({
    store,
  }) => {
    const all = new Gate()
    let waiting = 0
    const pages = {
      ...sessionPages,
      '/pair': async ({ session, query }: PageContext) => {
        session[`a${query.n}`] = query.n
        waiting += 1
        if (waiting === 10) all.open()
        await all.pass()
        session[`b${query.n}`] = { n: query.n }
      },
    }
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    const numbers = Array.from({ length: 10 }, (_, n) => n)
    const answers = await Promise.all(numbers.map((n) => visitor.get(node.url, `/pair?n=${n}`)))
    expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([])
    const fresh = await store.node(shop(pages))
    const expected = numbers.flatMap((n) => [
      [`a${n}`, `${n}`],
      [`b${n}`, { n: `${n}` }],
    ])
    for (const { url } of [node, fresh]) {
      expect((await visitor.get(url, '/read')).json()).toEqual({ k: '1', ...Object.fromEntries(expected) })
    }
    expect(await node.app.sessions.count()).toBe(1)
  })

  test('18. parallel requests of one session on two nodes lose none of each other', async ({ store }) => {
    const [a, b] = await store.pair(shop(sessionPages))
    const visitor = new Visitor()
    await visitor.get(a.url, '/write?k=1')
    const numbers = Array.from({ length: 20 }, (_, n) => n)
    await Promise.all(numbers.map((n) => visitor.get((n % 2 ? a : b).url, `/write?n${n}=1`)))
    const fresh = await store.node(shop(sessionPages))
    expect(Object.keys((await visitor.get(fresh.url, '/read')).json())).toHaveLength(21)
  })
})
