import { setImmediate } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { describeEverywhere } from '../support/matrix.js'
import { type Page, type PageContext, sessionPages, shop } from '../support/shop.js'
import { unhandledRejections } from '../support/unhandled-rejections.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/** Operations as a handler calls them that forgets to await, and what of them is to be seen afterwards. */
const operations = {
  login: ({ scopes }) => void scopes.session.login('anna'),
  rotate: ({ scopes }) => void scopes.session.rotate(),
  commit: ({ scopes }) => void scopes.session.commit(),
  increment: ({ scopes }) => void scopes.session.increment('count'),
  reload: ({ scopes }) => void scopes.session.reload(),
  lock: ({ scopes, session }) =>
    void scopes.session.lock(async () => {
      await setImmediate()
      session.locked = (session.locked ?? 0) + 1
    }),
  invalidate: ({ scopes }) => void scopes.session.invalidate(),
} satisfies Record<string, Page>

type Operation = keyof typeof operations

/** The same, awaited. */
const awaited: Record<Operation, Page> = {
  login: ({ scopes }) => scopes.session.login('anna'),
  rotate: ({ scopes }) => scopes.session.rotate(),
  commit: ({ scopes }) => scopes.session.commit(),
  increment: ({ scopes }) => scopes.session.increment('count'),
  reload: ({ scopes }) => scopes.session.reload(),
  lock: ({ scopes, session }) =>
    scopes.session.lock(() => {
      session.locked = (session.locked ?? 0) + 1
    }),
  invalidate: ({ scopes }) => scopes.session.invalidate(),
}

/** A page that writes, begins the operation, and answers without its outcome. */
const page =
  (operation: (ctx: PageContext) => unknown, isAwaited: boolean): Page =>
  async (ctx) => {
    ctx.session.written = 'yes'
    const outcome = operation(ctx)
    if (isAwaited) await outcome
    return 'done'
  }

/** What a later request sees, and whether the cookie was replaced. */
async function effect(url: string, path: string, visitor: Visitor) {
  const before = visitor.cookies.get('shop_sid')
  const answer = await visitor.get(url, path)
  const after = visitor.cookies.get('shop_sid')
  const later = (await visitor.get(url, '/read')).json()
  const principal = (await visitor.get(url, '/principal')).json()
  return { status: answer.status, later, principal, hasCookie: after !== undefined, isReplaced: before !== after }
}

const pages = {
  ...sessionPages,
  ...Object.fromEntries(
    (Object.keys(operations) as Operation[]).flatMap((name) => [
      [`/forgotten/${name}`, page(operations[name], false)],
      [`/awaited/${name}`, page(awaited[name], true)],
    ]),
  ),
}

describe('51. an operation that the handler forgot to await', () => {
  describeEverywhere(({ test }) => {
    for (const name of Object.keys(operations) as Operation[]) {
      test(`has the effect of an awaited one: ${name}, on a new session`, async ({ store }) => {
        const unhandled = unhandledRejections()
        const { url } = await store.node(shop(pages))
        const expected = await effect(url, `/awaited/${name}`, new Visitor())
        expect(await effect(url, `/forgotten/${name}`, new Visitor())).toEqual(expected)
        expect(unhandled).toEqual([])
      })

      test(`has the effect of an awaited one: ${name}, on a session that exists`, async ({ store }) => {
        const unhandled = unhandledRejections()
        const { url } = await store.node(shop(pages))
        const expected = await effect(url, `/awaited/${name}`, await visitorWith(url, 'a=1').then(numbered(url)))
        const forgotten = await visitorWith(url, 'a=1').then(numbered(url))
        expect(await effect(url, `/forgotten/${name}`, forgotten)).toEqual(expected)
        expect(unhandled).toEqual([])
      })
    }

    test('fails its request when it fails, and nothing else', async ({ store }) => {
      const unhandled = unhandledRejections()
      // biome-ignore lint/suspicious/noThenProperty: the word of the configuration
      const session = { limit: { perPrincipal: 1, then: 'refuse' } } as const
      const node = await store.node(shop(pages), { session })
      await new Visitor().get(node.url, '/awaited/login')
      const second = new Visitor()
      const refused = await second.get(node.url, '/forgotten/login')
      expect([refused.status, refused.setCookie]).toEqual([409, []])
      expect((await second.get(node.url, '/read')).json()).toEqual({})
      expect((await node.app.sessions.find({ principal: 'anna' })).length).toBe(1)
      expect(unhandled).toEqual([])
    })

    test('is refused once the final commit has begun, since a new cookie could no longer be sent', async ({
      store,
    }) => {
      let rotate = async () => {}
      let refusal: unknown
      const page: Page = ({ scopes, session }) => {
        session.a = 1
        rotate = () => scopes.session.rotate()
      }
      const { app, url } = await store.node(shop({ ...sessionPages, '/': page }))
      app.events.on('session:start', () => void rotate().catch((error) => (refusal = error)))
      const visitor = new Visitor()
      await visitor.get(url)
      expect(refusal).toMatchObject({ code: 'SCOPE_CLOSED' })
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: 1 })
    })

    test('keeps the headers back if the handler sends them itself, since a new cookie could not leave', async ({
      store,
    }) => {
      const errors: unknown[] = []
      const byHand =
        (begin: (ctx: PageContext) => unknown): Page =>
        (ctx) => {
          void begin(ctx)
          ctx.respond = false
          ctx.res.writeHead(200)
          ctx.res.end('x')
        }
      const own = {
        '/hand-rotate': byHand(({ scopes }) => scopes.session.rotate()),
        '/hand-login': byHand(({ scopes }) => scopes.session.login('anna')),
      }
      const { url } = await store.node(
        shop({ ...sessionPages, ...own }, { onError: (error) => void errors.push(error) }),
      )
      const visitor = await visitorWith(url, 'a=1')
      for (const path of Object.keys(own)) {
        const answer = await visitor.get(url, path)
        expect([answer.status, answer.setCookie.length], path).toEqual([500, 1])
        expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
      }
      expect(errors).toMatchObject(Object.keys(own).map(() => ({ code: 'HEADERS_BEFORE_COMMIT' })))
    })

    test('of an end lets a later write begin a new session', async ({ store }) => {
      const page: Page = ({ scopes, session }) => {
        void scopes.session.invalidate()
        session.n = 1
        return { ...session }
      }
      const { url } = await store.node(shop({ ...sessionPages, '/': page }))
      const visitor = await visitorWith(url, 'a=1')
      const id = (await visitor.get(url, '/id')).json()
      expect((await visitor.get(url)).json()).toEqual({ n: 1 })
      expect((await visitor.get(url, '/read')).json()).toEqual({ n: 1 })
      expect((await visitor.get(url, '/id')).json()).not.toBe(id)
    })

    test('after the response is refused, also a commit', async ({ store }) => {
      let commit = async () => {}
      const page: Page = ({ scopes, session }) => {
        session.a = 1
        commit = () => scopes.session.commit()
      }
      const { url } = await store.node(shop({ ...sessionPages, '/': page }))
      await new Visitor().get(url)
      await expect(commit()).rejects.toMatchObject({ code: 'SCOPE_CLOSED' })
    })

    test('that fails is reported to onError, each of several, and so is an error thrown beside it', async ({
      store,
    }) => {
      const reported: unknown[] = []
      const page: Page = ({ scopes, session }) => {
        session.count = 'text'
        void scopes.session.increment('count')
        void scopes.session.login('')
        throw new Error('thrown')
      }
      const handlers = { onError: (error: unknown) => void reported.push(String(error).split(':')[0]) }
      const { url } = await store.node(shop({ ...sessionPages, '/': page }, handlers))
      expect((await new Visitor().get(url)).status).toBe(500)
      expect(reported).toEqual(['Error', 'TypeError', 'TypeError'])
    })

    test('in onError belongs to the request: what it fails with is logged', async ({ store }) => {
      const lines: unknown[] = []
      const note = (what: unknown) => void lines.push(what)
      const logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
      const handlers = {
        onError(_: unknown, { ctx }: { readonly ctx?: PageContext }) {
          if (!ctx) return
          void ctx.scopes.session.increment('errors')
          void ctx.scopes.session.login('')
        },
      }
      const fail: Page = () => {
        throw new Error('thrown')
      }
      const { url } = await store.node(shop({ ...sessionPages, '/': fail }, handlers), { logger })
      const visitor = new Visitor()
      expect((await visitor.get(url)).status).toBe(500)
      expect((await visitor.get(url, '/read')).json()).toEqual({ errors: 1 })
      expect(lines).toContainEqual(expect.objectContaining({ err: expect.any(TypeError), event: 'onRequest' }))
    })

    test('of a login whose changes cannot be stored logs nobody in', async ({ store }) => {
      // biome-ignore lint/suspicious/noThenProperty: the word of the configuration
      const session = { limit: { perPrincipal: 1, then: 'refuse' } } as const
      const page: Page = ({ scopes, session: data }) => {
        data.bad = () => 1
        scopes.session.login('anna')
      }
      const { app, url } = await store.node(shop({ ...sessionPages, '/': page }), { session })
      const visitor = await visitorWith(url, 'a=1')
      expect((await visitor.get(url)).status).toBe(500)
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
      expect(await app.sessions.find({ principal: 'anna' })).toEqual([])
    })

    test('does not fail its request when the handler knows the error', async ({ store }) => {
      const caught: Page = async ({ scopes, session }) => {
        session.count = 'text'
        await scopes.session.commit()
        return scopes.session.increment('count').catch((error) => error.name)
      }
      const { url } = await store.node(shop({ ...sessionPages, '/caught': caught }))
      const answer = await new Visitor().get(url, '/caught')
      expect([answer.status, answer.json()]).toEqual([200, 'TypeError'])
    })

    test('runs in the order of the calls with others', async ({ store }) => {
      const many: Page = ({ scopes, session }) => {
        session.a = 1
        void scopes.session.commit()
        void scopes.session.increment('count')
        void scopes.session.rotate({ keep: ['count'] })
        void scopes.session.increment('count', 10)
        return 'done'
      }
      const { url } = await store.node(shop({ ...sessionPages, '/many': many }))
      const visitor = new Visitor()
      expect((await visitor.get(url, '/many')).status).toBe(200)
      expect((await visitor.get(url, '/read')).json()).toEqual({ count: 11 })
    })
  })
})

describe('77. operations of one request that overlap', () => {
  describeEverywhere(({ test }) => {
    test('run one after the other: the visitor keeps the session and a cookie that opens it', async ({ store }) => {
      const twice: Page = async ({ scopes }) => {
        await Promise.all([scopes.session.rotate(), scopes.session.login('anna'), scopes.session.rotate()])
        return scopes.session.principal
      }
      const { url } = await store.node(shop({ ...sessionPages, '/twice': twice }))
      const visitor = await visitorWith(url, 'a=1')
      expect((await visitor.get(url, '/twice')).json()).toBe('anna')
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
      expect((await visitor.get(url, '/principal')).json()).toBe('anna')
    })

    test('may be begun inside a lock, and end with it', async ({ store }) => {
      const inside: Page = async ({ scopes, session }) => {
        await scopes.session.lock(() => {
          session.a = 1
          void scopes.session.commit()
          void scopes.session.increment('count')
        })
        return { ...session }
      }
      const { url } = await store.node(shop({ ...sessionPages, '/inside': inside }))
      const visitor = await visitorWith(url, 'b=2')
      expect((await visitor.get(url, '/inside')).json()).toEqual({ b: '2', a: 1, count: 1 })
      expect((await visitor.get(url, '/read')).json()).toEqual({ b: '2', a: 1, count: 1 })
    })
  })
})

/** Has counted already. */
const numbered =
  (url: string) =>
  async (visitor: Visitor): Promise<Visitor> => {
    await visitor.get(url, '/awaited/increment')
    return visitor
  }
