import { type RequestOptions, request as send } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ConfigInput } from '../../src/config/load.js'
import type { Container } from '../../src/container/container.js'
import { type AnyDefinition, defineApplication } from '../../src/koa/define-application.js'
import type { ScopedMembers } from '../../src/koa/types.js'
import { quietContainer } from '../support/container.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { serve, serveContainer, Visitor, visitorWith } from '../support/visitor.js'

type Applications = NonNullable<ConfigInput['applications']>

/** A container on the built-in memory, and where it serves. */
async function started(
  applications: Applications,
  definitions: Readonly<Record<string, AnyDefinition>>,
  server: ConfigInput['server'] = {},
): Promise<{ readonly container: Container; readonly url: string }> {
  const container = await quietContainer({ applications, server }, { applications: definitions })
  const { url, close } = await serveContainer(container)
  onTestFinished(async () => {
    await close()
    await container.close()
  })
  return { container, url }
}

/** Serves a Koa app until the test ends. */
async function listening(app: Pick<Koa, 'callback'>): Promise<string> {
  const { url, close } = await serve(app.callback())
  onTestFinished(close)
  return url
}

/** The body of the answer to a request for another host than the one it is sent to. */
const bodyFrom = (url: string, headers: Record<string, string>): Promise<string> => {
  const { port, pathname, search } = new URL(url)
  return bodyOf({ port, path: pathname + search, headers })
}

/** As node:http sends it, whatever the target looks like. */
function bodyOf(options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    send({ host: '127.0.0.1', ...options }, (response) => {
      response.setEncoding('utf8')
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
    })
      .on('error', reject)
      .end()
  })
}

const where: Page = ({ app, originalUrl, path, url }) => ({ path, url, originalUrl, app: typeof app })

describe('dispatch', () => {
  const nameOf = (name: string) => shop({ '/': () => name, '/x': () => name, '/x/y': () => name })

  test('75. takes a request target in absolute form, and a host with a dot at the end, for the same application', async () => {
    const applications = { shop: { mount: '/shop', host: 'shop.example.com' }, other: {} }
    const { url } = await started(applications, { shop: nameOf('shop'), other: nameOf('other') })
    const { port } = new URL(url)
    for (const [path, host] of [
      ['http://shop.example.com/shop/x?a=1', 'shop.example.com'],
      ['/shop/x?a=1', 'shop.example.com.'],
      ['/shop/x?a=1', `SHOP.example.com.:${port}`],
      ['HTTP://shop.example.com/shop/x', 'shop.example.com'],
    ])
      expect(await bodyOf({ port, path, headers: { host } }), `${path} ${host}`).toBe('"shop"')
    expect(
      await bodyOf({ port, path: 'http://elsewhere.example.com', headers: { host: 'elsewhere.example.com' } }),
    ).toBe('"other"')
  })

  test('75. takes the path, the query and the host from a request target in absolute form', async () => {
    const seen: Page = ({ host, path, querystring, url }) => ({ host, path, querystring, url })
    const applications = { shop: { host: 'shop.example.com' }, mounted: { mount: '/m' }, other: {} }
    const definition = shop({ '/': seen, '/x': seen })
    const { url } = await started(applications, { shop: definition, mounted: definition, other: definition })
    const { port } = new URL(url)
    const targets = {
      'http://a.b?q=/m': { host: 'a.b', path: '/', querystring: 'q=/m', url: '/?q=/m' },
      'http://a.b:81/?q': { host: 'a.b:81', path: '/', querystring: 'q', url: '/?q' },
      'http://user:word@a.b/x?q=http://c.d/m': {
        host: 'a.b',
        path: '/x',
        querystring: 'q=http://c.d/m',
        url: '/x?q=http://c.d/m',
      },
      'https://a.b/m?q': { host: 'a.b', path: '/', querystring: 'q', url: '/?q' },
      'http:///x?q': { host: 'c.d', path: '/x', querystring: 'q', url: '/x?q' },
      '/m#part': { host: 'c.d', path: '/', querystring: '', url: '/#part' },
      '/?q=http://a.b/m': { host: 'c.d', path: '/', querystring: 'q=http://a.b/m', url: '/?q=http://a.b/m' },
    }
    for (const [path, parts] of Object.entries(targets))
      expect(JSON.parse(await bodyOf({ port, path, headers: { host: 'c.d' } })), path).toEqual(parts)
    const target = 'http://shop.example.com?q'
    expect(JSON.parse(await bodyOf({ port, path: target, headers: { host: 'c.d' } })).host).toBe('shop.example.com')
  })

  test('gives a request to the application with the longest fitting mount', async () => {
    const names = { root: '/', shop: '/shop', admin: '/shop/admin' }
    const applications = Object.fromEntries(Object.entries(names).map(([name, mount]) => [name, { mount }]))
    const definitions = Object.fromEntries(Object.keys(names).map((name) => [name, nameOf(name)]))
    const { url } = await started(applications, definitions)
    const paths = {
      '/': 'root',
      '/x': 'root',
      '/shop': 'shop',
      '/shop/': 'shop',
      '/shop?q=/shop/admin': 'shop',
      '/shop/x/y': 'shop',
      '/shop/admin': 'admin',
      '/shop/admin/x': 'admin',
    }
    for (const [path, name] of Object.entries(paths))
      expect((await new Visitor().get(url, path)).json(), path).toBe(name)
    for (const path of ['/shopping', '/shop/administrator', '/shop/admin/none', '/Shop'])
      expect((await new Visitor().get(url, path)).status, path).toBe(404)
  })

  test('answers 404 where no application is mounted', async () => {
    const { url } = await started({ shop: { mount: '/shop' } }, { shop: nameOf('shop') })
    expect(await new Visitor().get(url, '/')).toMatchObject({ status: 404, text: 'Not Found' })
  })

  test('gives a request to the application with its host, whatever the port and the case, before those with none', async () => {
    const applications = { any: {}, shop: { host: 'Shop.Example.com' }, six: { host: '[::1]' } }
    const definitions = { any: nameOf('any'), shop: nameOf('shop'), six: nameOf('six') }
    const { url } = await started(applications, definitions)
    const hosts = {
      'shop.example.com': 'shop',
      'SHOP.example.com:8443': 'shop',
      '[::1]:8080': 'six',
      'example.com': 'any',
      'a.shop.example.com': 'any',
    }
    for (const [host, name] of Object.entries(hosts)) expect(await bodyFrom(url, { host }), host).toBe(`"${name}"`)
  })

  test('believes X-Forwarded-Host behind a proxy only', async () => {
    const applications = { any: {}, shop: { host: 'shop.example.com' } }
    const definitions = { any: nameOf('any'), shop: nameOf('shop') }
    const headers = { 'x-forwarded-host': 'shop.example.com, proxy.internal' }
    for (const [proxy, name] of [
      [true, 'shop'],
      [false, 'any'],
    ] as const) {
      const { url } = await started(applications, definitions, { proxy })
      expect(await bodyFrom(url, headers)).toBe(`"${name}"`)
    }
  })

  test('strips the mount from path and url, and keeps originalUrl', async () => {
    const { url } = await started({ shop: { mount: '/shop' } }, { shop: shop({ '/': where, '/cart': where }) })
    const visitor = new Visitor()
    expect((await visitor.get(url, '/shop')).json()).toMatchObject({ path: '/', url: '/', originalUrl: '/shop' })
    expect((await visitor.get(url, '/shop?a=1')).json()).toMatchObject({ url: '/?a=1', originalUrl: '/shop?a=1' })
    const cart = { path: '/cart', url: '/cart?a=1', originalUrl: '/shop/cart?a=1' }
    expect((await visitor.get(url, '/shop/cart?a=1')).json()).toMatchObject(cart)
  })

  test('a mount is the path of the cookies, unless the cookie has its own', async () => {
    const definition = shop(sessionPages)
    const applications = {
      shop: { mount: '/shop', session: {} },
      blog: { mount: '/blog', session: { cookie: { path: '/' } } },
    }
    const { url } = await started(applications, { shop: definition, blog: definition })
    expect((await new Visitor().get(url, '/shop/write?a=1')).setCookie[0]).toMatch(/^shop_sid=.*; Path=\/shop;/)
    expect((await new Visitor().get(url, '/blog/write?a=1')).setCookie[0]).toMatch(/^blog_sid=.*; Path=\/;/)
  })
})

describe('scopeless paths', () => {
  test('open no scope, even for a visitor with a session, and say so when one is used', async () => {
    const pages: Record<string, Page> = {
      ...sessionPages,
      '/static/logo.svg': ({ application }) => ({ ...application }),
      '/static/session': ({ session }) => session.name,
      '/static/handle': ({ scopes }) => scopes.session.id,
      '/statics': ({ session }) => session.name,
    }
    const errors: unknown[] = []
    let sessions = 0
    const definition = shop(pages, {
      onApplicationStart({ application }) {
        application.started = true
      },
      onSessionStart() {
        sessions += 1
      },
      onError: (error) => void errors.push((error as Error).message),
    })
    const { url } = await started({ shop: { scopeless: ['/static'], session: {} } }, { shop: definition })
    const first = await new Visitor().get(url, '/static/logo.svg')
    expect(first).toMatchObject({ status: 200, setCookie: [], text: '{"started":true}' })
    expect(sessions).toBe(0)
    const visitor = await visitorWith(url, 'name=ada')
    for (const path of ['/static/session', '/static/handle'])
      expect((await visitor.get(url, path)).status, path).toBe(500)
    expect(errors).toHaveLength(2)
    expect(errors[0]).toMatch(/^ctx\.session is not open in this request\. .*do not list this path under scopeless:/)
    expect((await visitor.get(url, '/statics')).json()).toBe('ada')
  })
})

describe('container.scopes() in a Koa app of one’s own', () => {
  const definition = shop(
    {},
    {
      onSessionStart({ session }) {
        session.started = true
      },
    },
  )

  /** A Koa app of one's own, which answers with the message of what a request throws. */
  async function ownApp() {
    const applications = { shop: { session: {} }, blog: { mount: '/blog', session: {} } }
    const { container } = await started(applications, { shop: definition, blog: shop({}) })
    const app = new Koa<Koa.DefaultState, ScopedMembers<OpenScopes>>()
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        ctx.body = (error as Error).message
      }
    })
    return { app, container }
  }

  test('opens the scopes for what comes after it, with the handlers of the application', async () => {
    const { app, container } = await ownApp()
    const router = new Router<Koa.DefaultState, ScopedMembers<OpenScopes>>()
    router.get('/write/:name', (ctx) => {
      ctx.session.name = ctx.params.name
      ctx.body = 'done'
    })
    router.get('/read', (ctx) => {
      ctx.body = { ...ctx.session }
    })
    app.use(container.scopes(definition)).use(router.routes())
    const url = await listening(app)
    const visitor = new Visitor()
    await visitor.get(url, '/write/ada')
    expect((await visitor.get(url, '/read')).json()).toEqual({ started: true, name: 'ada' })
    expect(await container.application('shop').sessions.count()).toBe(1)
  })

  test('takes the name of the application as well as its definition', async () => {
    const { container } = await ownApp()
    const app = new Koa()
    app.use(container.scopes('shop'))
    expect((await new Visitor().get(await listening(app))).setCookie).toHaveLength(1)
    expect(() => container.scopes('shpo')).toThrow(/There is no application "shpo"; known: shop, blog/)
  })

  test('a scope used before it is refused with the remedy', async () => {
    const { app, container } = await ownApp()
    app.use(async (ctx, next) => {
      if (ctx.path === '/early') ctx.body = ctx.session.name
      await next()
    })
    app.use(container.scopes('shop'))
    const url = await listening(app)
    await new Visitor().get(url)
    expect((await new Visitor().get(url, '/early')).text).toMatch(
      /^ctx\.session is not open in this request\. Put container\.scopes\(\.\.\.\) before the middleware that uses the scope/,
    )
  })

  test('63. a scope read or assigned too early is the same error at the first request as at later ones', async () => {
    const { app, container } = await ownApp()
    app.use(async (ctx, next) => {
      if (ctx.path === '/early') ctx.body = String(ctx.session)
      if (ctx.path === '/assigned') Object.assign(ctx, { session: {} })
      if (ctx.path === '/handle') ctx.body = String(ctx.scopes.session.id)
      await next()
    })
    app.use(container.scopes('shop'))
    const url = await listening(app)
    const answers: Record<string, string[]> = { '/early': [], '/assigned': [], '/handle': [] }
    for (let request = 0; request < 3; request++) {
      for (const [path, texts] of Object.entries(answers)) texts.push((await new Visitor().get(url, path)).text)
      await new Visitor().get(url)
    }
    for (const [path, [first, ...later]] of Object.entries(answers)) {
      expect(first).toMatch(
        path === '/assigned' ? /^ctx\.session itself cannot be assigned/ : /is not open in this request/,
      )
      for (const text of later) expect(text).toBe(first)
    }
  })

  test('63. within a router, a scope read too early is absent at every request', async () => {
    const { app, container } = await ownApp()
    const seen: unknown[] = []
    app.use(async (ctx, next) => {
      seen.push(ctx.session)
      await next()
    })
    const router = new Router<Koa.DefaultState, ScopedMembers<OpenScopes>>()
    router.use(container.scopes(definition))
    router.get('/', (ctx) => {
      ctx.body = { ...ctx.session }
    })
    app.use(router.routes())
    const url = await listening(app)
    for (let request = 0; request < 3; request++)
      expect((await new Visitor().get(url)).json()).toEqual({ started: true })
    expect(seen).toEqual([undefined, undefined, undefined])
  })

  test('63. other Koa apps of the process read and assign ctx.session as before', async () => {
    const { container } = await ownApp()
    container.scopes('shop')
    const other = new Koa()
    other.use((ctx) => {
      const before = typeof ctx.session
      Object.assign(ctx, { session: { mine: true } })
      ctx.body = [before, ctx.session, Object.hasOwn(other.context, 'session')]
    })
    const url = await listening(other)
    for (let request = 0; request < 2; request++)
      expect((await new Visitor().get(url)).json()).toEqual(['undefined', { mine: true }, false])
  })

  test('88. a session for Passport is on the requests that have one, and on no others', async () => {
    const { container } = await ownApp()
    const scopes = container.scopes('shop') as unknown as Koa.Middleware
    const seen: Koa.Middleware = (ctx) => {
      const { session } = ctx.request as { readonly session?: { regenerate?: unknown } }
      ctx.body = typeof session?.regenerate
    }
    const [app, nested, other] = [new Koa().use(scopes), new Koa(), new Koa()]
    nested.use((ctx, next) => (ctx.path === '/in' ? scopes(ctx, next) : next()))
    const typeIn = async (koa: Koa, path = '/') => (await new Visitor().get(await listening(koa), path)).text
    for (const koa of [app, nested, other]) koa.use(seen)
    expect(await typeIn(app)).toBe('function')
    expect(await typeIn(nested, '/in')).toBe('function')
    expect(await typeIn(nested, '/out')).toBe('undefined')
    expect(await typeIn(other)).toBe('undefined')
  })

  test('88. what another module has put on ctx.request.session stays', async () => {
    const { container } = await ownApp()
    const koa = new Koa()
    Object.assign(koa.request, { session: 'theirs' })
    koa.use(container.scopes('shop'))
    koa.use((ctx) => {
      ctx.body = (ctx.request as { readonly session?: unknown }).session
    })
    expect((await new Visitor().get(await listening(koa))).text).toBe('theirs')
  })

  test('63. another session package in setup() is found at start', async () => {
    const definition = defineApplication({
      setup(app) {
        Object.defineProperty(app.context, 'session', { configurable: true, get: () => ({}) })
      },
    })
    const config = { applications: { shop: {} } }
    await expect(quietContainer(config, { applications: { shop: definition } })).rejects.toMatchObject({
      code: 'FOREIGN_MEMBER',
    })
  })

  test('used twice for one request is refused with the remedy', async () => {
    const { app, container } = await ownApp()
    app.use(container.scopes('shop')).use(container.scopes('blog'))
    expect((await new Visitor().get(await listening(app))).text).toMatch(
      /^The scopes of blog are mounted a second time/,
    )
  })

  test('assigning to a scope itself is refused with the remedy', async () => {
    const { app, container } = await ownApp()
    app.use(container.scopes(definition))
    app.use((ctx) => Object.assign(ctx, { session: null }))
    expect((await new Visitor().get(await listening(app))).text).toMatch(
      /^ctx\.session itself cannot be assigned\. .*await ctx\.scopes\.session\.invalidate\(\)/,
    )
  })

  test('another session package on the same app is refused with the remedy', async () => {
    const { app, container } = await ownApp()
    Object.defineProperty(app.context, 'session', { configurable: true, get: () => ({}) })
    app.use(container.scopes('shop'))
    const url = await listening(app)
    for (let request = 0; request < 2; request++)
      expect((await new Visitor().get(url)).text).toMatch(
        /^Another module, perhaps koa-session, has defined ctx\.session on this Koa app\. Remove that module/,
      )
  })

  test('a scope that is not declared is refused with the remedy', async () => {
    const { app, container } = await ownApp()
    app.use(container.scopes(definition))
    app.use((ctx) => {
      ctx.body = ctx.client.visits
    })
    expect((await new Visitor().get(await listening(app))).text).toMatch(
      /^The application shop has no client scope\. Declare it in the configuration, as in: .*shop: \{ client: \{\} \}/,
    )
  })
})

test('listen() called twice gives the same server, which close() stops', async () => {
  const container = await quietContainer(
    { applications: { shop: {} }, server: { port: 0 } },
    { applications: { shop: shop({}) } },
  )
  const [server, again] = await Promise.all([container.listen(), container.listen()])
  const { url } = server
  expect(again).toBe(server)
  await container.close()
  await expect(fetch(url)).rejects.toThrow()
})

describe('the object caches of the container', () => {
  test('are reached by setup() and by ctx.app', async () => {
    const definition = defineApplication<OpenScopes>({
      async setup(app, { cache }) {
        await cache('pages').set('title', 'Shop')
        app.use(async (ctx) => {
          ctx.body = [
            await cache('pages').get('title'),
            (ctx.app as unknown as typeof app).cache('pages') === cache('pages'),
          ]
        })
      },
    })
    const config = { caches: { pages: { driver: 'memory' } }, applications: { shop: {} } } as const
    const container = await quietContainer(config, { applications: { shop: definition } })
    const { url, close } = await serveContainer(container)
    onTestFinished(async () => {
      await close()
      await container.close()
    })
    expect((await new Visitor().get(url)).json()).toEqual(['Shop', true])
    expect(await container.cache('pages').get('title')).toBe('Shop')
    const unknown = defineApplication({ setup: (_, { cache }) => void cache('nothing') })
    await expect(quietContainer(config, { applications: { shop: unknown } })).rejects.toMatchObject({
      code: 'CACHE_UNKNOWN',
    })
  })
})
