import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect } from 'vitest'
import { heard } from '../support/heard.js'
import { describeEmbedded } from '../support/matrix.js'
import { type Page, type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/** A page that acts when the first half of its body has left. */
const streaming =
  (act: (ctx: PageContext) => unknown): Page =>
  (ctx) => {
    async function* body() {
      yield 'first '
      await act(ctx)
      yield 'second'
    }
    ctx.body = Readable.from(body(), { objectMode: false })
  }

async function codeOf(act: () => unknown): Promise<unknown> {
  try {
    await act()
    return 'nothing was thrown'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

describe('after the final commit', () => {
  describeEmbedded(({ test }) => {
    test('47. while the response is streaming, whatever would change the session throws', async ({ store }) => {
      const codes: Record<string, unknown> = {}
      const stream = streaming(async ({ scopes, session }) => {
        const { session: handle } = scopes
        const acts = {
          write: () => Object.assign(session, { late: true }),
          delete: () => Reflect.deleteProperty(session, 'name'),
          timeout: () => Object.assign(handle, { timeout: '1h' }),
          rotate: () => handle.rotate(),
          login: () => handle.login('ada'),
          reload: () => handle.reload(),
          invalidate: () => handle.invalidate(),
        }
        for (const [name, act] of Object.entries(acts)) codes[name] = await codeOf(act)
        codes.read = session.name
      })
      const { url } = await store.node(shop({ ...sessionPages, '/stream': stream }))
      const visitor = await visitorWith(url, 'name=ada')
      expect((await visitor.get(url, '/stream')).text).toBe('first second')
      const closed = 'SCOPE_CLOSED'
      const changes = { write: closed, delete: closed, timeout: closed, rotate: closed, login: closed, reload: closed }
      expect(codes).toEqual({ ...changes, invalidate: closed, read: 'ada' })
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('47. a visitor without a session does not get one then', async ({ store }) => {
      let code: unknown
      const stream = streaming(async ({ session }) => {
        code = await codeOf(() => Object.assign(session, { late: true }))
      })
      const { app, url } = await store.node(shop({ '/stream': stream }))
      expect(await new Visitor().get(url, '/stream')).toMatchObject({ text: 'first second', setCookie: [] })
      expect(code).toBe('SCOPE_CLOSED')
      expect(await app.sessions.count()).toBe(0)
    })

    test('47. a change inside a value is found when the response has finished, and told', async ({ store }) => {
      const fill: Page = ({ session }) => {
        session.cart = []
      }
      const stream = streaming(({ session }) => session.cart.push('late'))
      const definition = shop({ ...sessionPages, '/fill': fill, '/stream': stream })
      const node = await store.node(definition)
      const told = heard(node, 'scope:late-change')
      const visitor = new Visitor()
      await visitor.get(node.url, '/fill')
      const change = once(node.app.events, 'scope:late-change')
      await visitor.get(node.url, '/stream')
      await change
      expect(told).toEqual([{ scope: 'session', id: expect.any(String), names: ['cart'] }])
      const other = await store.node(definition)
      expect((await visitor.get(other.url, '/read')).json()).toEqual({ cart: [] })
    })

    test('with reportLateChanges: false nothing looks for such a change', async ({ store }) => {
      const fill: Page = ({ session }) => {
        session.cart = []
      }
      const stream = streaming(({ session }) => session.cart.push('late'))
      const definition = shop({ ...sessionPages, '/fill': fill, '/stream': stream })
      const node = await store.node(definition, { session: { reportLateChanges: false } })
      const told = heard(node, 'scope:late-change')
      const visitor = new Visitor()
      await visitor.get(node.url, '/fill')
      await visitor.get(node.url, '/stream')
      await visitor.get(node.url, '/read')
      expect(told).toEqual([])
    })

    test('the body, streamed or not, begins when the commit has ended', async ({ store }) => {
      const pages: Record<string, Page> = {
        '/plain': ({ session }) => {
          session.a = 1
        },
        '/stream': (ctx) => {
          ctx.session.a = 1
          return streaming(() => {})(ctx)
        },
      }
      const node = await store.node(shop(pages))
      for (const path of Object.keys(pages)) {
        const save = node.line.hold('save')
        let hasBegun = false
        const answer = fetch(node.url + path).then((response) => {
          hasBegun = true
          return response.text()
        })
        await save.reached
        await fetch(`${node.url}/other`)
        expect(hasBegun).toBe(false)
        save.open()
        await answer
      }
    })

    test('48. the request that follows a redirect finds what was written before it, on another node', async ({
      store,
    }) => {
      const redirect: Page = (ctx) => {
        ctx.session.name = 'ada'
        ctx.redirect('/read')
      }
      const [a, b] = await store.pair(shop({ ...sessionPages, '/redirect': redirect }))
      const visitor = new Visitor()
      const answer = await visitor.get(a.url, '/redirect')
      expect(answer.status).toBe(302)
      expect((await visitor.get(b.url, answer.headers.get('location') ?? '')).json()).toEqual({ name: 'ada' })
    })
  })
})

describe('a handler that sends the headers itself', () => {
  const ways: Record<string, (ctx: PageContext) => void> = {
    writeHead: ({ res }) => void res.writeHead(200, { 'Content-Type': 'text/plain' }).end('mine'),
    end: ({ res }) => void res.writeHead(200).end('mine'),
    write: ({ res }) => {
      res.statusCode = 200
      res.write('mi')
      res.end('ne')
    },
    flushHeaders: (ctx) => {
      ctx.status = 200
      ctx.flushHeaders()
      ctx.res.end('mine')
    },
  }
  const handler =
    (isCommitted: boolean): Page =>
    async (ctx) => {
      ctx.session.a = 1
      if (isCommitted) await ctx.scopes.session.commit()
      ctx.respond = false
      ways[String(ctx.query.by)]?.(ctx)
    }

  describeEmbedded(({ test }) => {
    test('with changes uncommitted gets an error that says what to do', async ({ store }) => {
      const messages: string[] = []
      const definition = shop(
        { ...sessionPages, '/': handler(false) },
        { onError: (error) => void messages.push((error as Error).message) },
      )
      const { url } = await store.node(definition)
      for (const by of Object.keys(ways)) {
        const visitor = new Visitor()
        expect((await visitor.get(url, `/?by=${by}`)).status, by).toBe(500)
        expect(messages.pop(), by).toMatch(
          /changes of the session are not yet saved\. Call await ctx\.scopes\.session\.commit\(\) first/,
        )
        expect((await visitor.get(url, '/read')).json(), by).toEqual({ a: 1 })
      }
    })

    test('after commit() sends the cookie with them', async ({ store }) => {
      const { url } = await store.node(shop({ ...sessionPages, '/': handler(true) }))
      for (const by of Object.keys(ways)) {
        const visitor = new Visitor()
        const { headers, status, text } = await visitor.get(url, `/?by=${by}`)
        expect({ status, text }, by).toEqual({ status: 200, text: 'mine' })
        expect([headers.get('cache-control'), headers.get('vary')], by).toEqual(['no-store', 'Cookie'])
        expect((await visitor.get(url, '/read')).json(), by).toEqual({ a: 1 })
      }
    })

    test('writes after that throw', async ({ store }) => {
      let code: unknown
      const page: Page = async (ctx) => {
        ctx.respond = false
        ctx.res.writeHead(200).end('mine')
        code = await codeOf(() => Object.assign(ctx.session, { late: true }))
      }
      const { url } = await store.node(shop({ ...sessionPages, '/': page }))
      const visitor = await visitorWith(url, 'name=ada')
      expect((await visitor.get(url)).text).toBe('mine')
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
      expect(code).toBe('SCOPE_CLOSED')
    })
  })
})

describe('80. after commit() headers given to writeHead', () => {
  describeEmbedded(({ test }) => {
    const forms: Record<string, (res: ServerResponse) => void> = {
      'an object': (res) => void res.writeHead(200, { 'Set-Cookie': 'mine=1', 'X-Mine': '1' }),
      'an object, after a reason': (res) =>
        void res.writeHead(200, 'Fine', { 'set-cookie': ['mine=1'], 'X-Mine': '1' }),
      'an object, after no reason': (res) =>
        void res.writeHead(200, undefined, { 'Set-Cookie': 'mine=1', 'X-Mine': '1' }),
      'names and values in turn': (res) => void res.writeHead(200, ['Set-Cookie', 'mine=1', 'X-Mine', '1']),
      pairs: (res) =>
        void res.writeHead(200, [
          ['Set-Cookie', 'mine=1'],
          ['X-Mine', '1'],
        ] as never),
    }
    test.for(Object.keys(forms))('leave beside the cookie: %s', async (form, { store }) => {
      const page: Page = async (ctx) => {
        ctx.session.a = 1
        await ctx.scopes.session.commit()
        ctx.respond = false
        forms[form]?.(ctx.res)
        ctx.res.end('mine')
      }
      const { url } = await store.node(shop({ ...sessionPages, '/': page }))
      const visitor = new Visitor()
      const answer = await visitor.get(url)
      expect([...visitor.cookies.keys()].sort()).toEqual(['mine', 'shop_sid'])
      expect([answer.headers.get('x-mine'), answer.headers.get('cache-control')]).toEqual(['1', 'no-store'])
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: 1 })
    })
  })
})
