import { createServer } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Koa from 'koa'
import { koaBody } from 'koa-body'
import { describe, expect, test } from 'vitest'
import { createContainer } from '../../src/container/create-container.js'
import { csrf } from '../../src/koa/csrf.js'
import { defineApplication } from '../../src/koa/define-application.js'
import { silentLogger } from '../../src/support/logger.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import type { Site } from '../../src/testing/site.js'
import { visitor } from '../../src/testing/visitor.js'
import { Gate } from '../support/gate.js'

/** An app that answers what it was asked. */
function echo(): Koa {
  const app = new Koa()
  app.use(koaBody({ multipart: true }))
  app.use((ctx) => {
    const { body } = ctx.request as { body?: unknown }
    ctx.body = { method: ctx.method, url: ctx.url, ip: ctx.ip, headers: ctx.headers, body }
  })
  return app
}

interface Echo {
  readonly method: string
  readonly url: string
  readonly ip: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

const echoed = async (response: Promise<Response>) => (await (await response).json()) as Echo

/** An app that sets cookies as the query of a path says, and redirects as it says. */
function cookieSetting(): Koa {
  const app = new Koa()
  app.use((ctx) => {
    for (const line of [ctx.query.set ?? []].flat()) ctx.append('Set-Cookie', line)
    ctx.body = ctx.get('cookie')
    if (ctx.query.to) {
      ctx.redirect(String(ctx.query.to))
      ctx.status = Number(ctx.query.status ?? 302)
    }
    if (ctx.path === '/method') ctx.body = [ctx.method, ctx.get('content-type'), ctx.get('content-length')].join(' ')
  })
  return app
}

const set = (...lines: readonly string[]) => `?${lines.map((line) => `set=${encodeURIComponent(line)}`).join('&')}`

describe('a visitor', () => {
  test('asks apps, listeners, servers and addresses; the first ones without a port', async () => {
    const server = createServer(echo().callback())
    const sites: Site[] = [echo(), echo().callback(), server]
    for (const site of sites) {
      const { headers, ip, url } = await echoed(visitor(site).get('/page?q=1'))
      expect([headers.host, ip, url]).toEqual(['localhost', '127.0.0.1', '/page?q=1'])
    }
    expect(server.listening).toBe(false)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const url = `http://127.0.0.1:${port}`
    for (const site of [url, new URL(url), { url }]) {
      const { headers } = await echoed(visitor(site).get())
      expect(headers.host).toBe(`127.0.0.1:${port}`)
    }
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  })

  test('refuses what it cannot ask', () => {
    for (const wrong of [undefined, 3, {}, 'shop', 'https://example.com', new URL('file:///tmp')])
      expect(() => visitor(wrong as never)).toThrow(/^A visitor asks /)
    expect(() => visitor(echo(), { tokens: 'x-auth-token' as never })).toThrow('tokens is an array of headers')
    expect(() => visitor(echo(), { hots: 'a.test' } as never)).toThrow('visitor() has no option "hots"')
    expect(() => visitor(echo(), { clock: {} as never })).toThrow('The now of a clock is a function')
  })

  test('refuses a path that is none', async () => {
    await expect(visitor(echo()).get('page')).rejects.toThrow('begins with a slash, and not for page')
  })

  test('sends the bodies of fetch, and objects and arrays as JSON', async () => {
    const anna = visitor(echo())
    const sent = async (...call: Parameters<typeof anna.post>) => {
      const { body, headers } = await echoed(anna.post(...call))
      return [headers['content-type'], body]
    }
    const form = new FormData()
    form.set('a', '1')
    expect(await sent('/', { a: 1 })).toEqual(['application/json', { a: 1 }])
    expect(await sent('/', [1])).toEqual(['application/json', [1]])
    expect(await sent('/', new URLSearchParams({ a: '1' }))).toEqual([
      'application/x-www-form-urlencoded;charset=UTF-8',
      { a: '1' },
    ])
    expect(await sent('/', form)).toEqual([expect.stringMatching(/^multipart\/form-data; boundary=/), { a: '1' }])
    expect(await sent('/', 'text')).toEqual(['text/plain;charset=UTF-8', 'text'])
    expect(await sent('/', { a: 1 }, { headers: { 'content-type': 'application/vnd.api+json' } })).toEqual([
      'application/vnd.api+json',
      { a: 1 },
    ])
    const { headers, method } = await echoed(anna.post('/'))
    expect([method, headers['content-type']]).toEqual(['POST', undefined])
  })

  test('keeps cookies by name and path, and by the time of its clock', async () => {
    const clock = new ManualClock()
    const anna = visitor(cookieSetting(), { clock })
    await anna.get(`/${set('a=1; Max-Age=60', 'b=2', 'c=3; Path=/shop')}`)
    expect(await (await anna.get()).text()).toBe('a=1; b=2')
    expect(await (await anna.get('/shop')).text()).toBe('c=3; a=1; b=2')
    expect(anna.cookies).toEqual({ a: '1', b: '2', c: '3' })
    clock.jump('1m')
    expect(await (await anna.get()).text()).toBe('b=2')
    anna.reopenBrowser()
    expect(anna.cookies).toEqual({})
  })

  test('sends the cookie that a test gives in place of its own', async () => {
    const anna = visitor(cookieSetting())
    await anna.get(`/${set('a=1')}`)
    expect(await (await anna.get('/', { headers: { Cookie: 'a=stolen' } })).text()).toBe('a=stolen')
  })

  test('follows redirects with the cookies that come on the way', async () => {
    const anna = visitor(cookieSetting())
    const response = await anna.post(`/${set('a=1')}&to=/shop&status=303`, { a: 1 })
    expect([response.status, await response.text()]).toEqual([200, 'a=1'])
    const { status } = await anna.get('/?to=/shop', { redirect: 'manual' })
    expect(status).toBe(302)
    await expect(anna.get('/?to=/shop', { redirect: 'error' })).rejects.toThrow('is redirected to /shop')
    await expect(anna.get('/?to=/%3Fto=%2F')).resolves.toHaveProperty('status', 200)
  })

  test.each([
    [301, 'GET  '],
    [302, 'GET  '],
    [303, 'GET  '],
    [307, 'POST application/json 7'],
    [308, 'POST application/json 7'],
  ])('repeats a POST after %i as %s', async (status, repeated) => {
    const response = await visitor(cookieSetting()).post(`/?to=/method&status=${status}`, { a: 1 })
    expect(await response.text()).toBe(repeated)
  })

  test('sends objects as JSON with every method, and can be given up', async () => {
    const put = await echoed(visitor(echo()).request('/', { method: 'PUT', body: { x: 1 } }))
    expect([put.method, put.body]).toEqual(['PUT', { x: 1 }])
    const gate = new Gate()
    const app = new Koa().use(() => gate.pass())
    const leaving = new AbortController()
    const asked = visitor(app).get('/', { signal: leaving.signal })
    await gate.reached
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    leaving.abort()
    await expect(asked).rejects.toThrow('aborted')
    gate.open()
  })

  test.each([101, 600])('is told of a response with status %i, which no visitor takes', async (status) => {
    const server = createServer((_, response) => {
      if (status === 101)
        response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')
      else response.writeHead(status).end()
    })
    await expect(visitor(server).get('/')).rejects.toThrow(`status ${status}`)
  })

  test.each(['http://localhost:81/x', 'ftp://localhost/x', 'http://user:pw@localhost/x'])(
    'returns a redirect to %s, which is not the site',
    async (location) => {
      const app = new Koa().use((ctx) => {
        ctx.status = 302
        ctx.set('Location', location)
      })
      expect((await visitor(app).get('/')).status).toBe(302)
    },
  )

  test('gives up after 20 redirects, and follows none to another host', async () => {
    const app = new Koa().use((ctx) => ctx.redirect(ctx.path === '/away' ? 'https://accounts.test/login' : '/again'))
    await expect(visitor(app).get('/again')).rejects.toThrow('/again is redirected more than 20 times')
    const { headers, status } = await visitor(app).get('/away')
    expect([status, headers.get('location')]).toEqual([302, 'https://accounts.test/login'])
  })

  test('names another host, and sends headers with every request', async () => {
    const anna = visitor(echo(), { host: 'shop.test:8080', headers: { 'X-Forwarded-Proto': 'https' } })
    const { headers } = await echoed(anna.get('/', { headers: { accept: 'text/html' } }))
    expect(headers).toMatchObject({ host: 'shop.test:8080', 'x-forwarded-proto': 'https', accept: 'text/html' })
  })

  test('is refused a cookie of another domain than its host', async () => {
    const app = cookieSetting()
    const path = `/${set('a=1; Path=/; Domain=shop.test')}`
    await expect(visitor(app).get(path)).rejects.toThrow("visitor(site, { host: 'www.shop.test' })")
    const anna = visitor(app, { host: 'www.shop.test' })
    await anna.get(path)
    expect(anna.cookies).toEqual({ a: '1' })
  })

  test('reports a body that breaks off, and a site that is gone', async () => {
    const app = new Koa().use((ctx) => ctx.res.destroy())
    await expect(visitor(app).get()).rejects.toThrow('socket hang up')
    await expect(visitor('http://127.0.0.1:1').get()).rejects.toThrow('ECONNREFUSED')
  })

  test('leaves when its signal aborts, and the site sees it', async () => {
    const [stays, served] = [new Gate(), new Gate()]
    const app = new Koa().use(async (ctx) => {
      ctx.res.once('close', () => stays.open())
      await stays.pass()
      await served.pass()
    })
    const leaving = new AbortController()
    const response = visitor(app).get('/', { signal: leaving.signal })
    await stays.reached
    leaving.abort()
    await expect(response).rejects.toThrow('aborted')
    await served.reached
    served.open()
  })

  test('gets empty responses', async () => {
    const app = new Koa().use((ctx) => {
      ctx.body = ctx.method === 'HEAD' ? 'text' : null
    })
    const { body, headers, status } = await visitor(app).request('/', { method: 'HEAD' })
    expect([status, headers.get('content-length'), body]).toEqual([200, '4', null])
    expect(await (await visitor(app).get()).text()).toBe('')
  })
})

interface Scopes {
  session: { items?: number }
}

/** An app whose sessions are carried so. */
async function shopWith(session: object) {
  const shop = defineApplication<Scopes>({
    setup(app) {
      app.use(csrf())
      app.use(async (ctx) => {
        if (ctx.path === '/add') ctx.session.items = (ctx.session.items ?? 0) + 1
        if (ctx.path === '/login') await ctx.scopes.session.login('anna')
        if (ctx.path === '/logout') await ctx.scopes.session.invalidate()
        ctx.body = { items: ctx.session.items ?? 0, user: ctx.scopes.session.principal }
      })
    },
  })
  const container = await createContainer(
    { applications: { shop: { session } } },
    { applications: { shop }, logger: silentLogger },
  )
  return { container, sessions: container.application(shop).sessions }
}

const seen = async (response: Promise<Response>) => (await response).json()

describe('a visitor of an application', () => {
  test.each(['x-auth-token', 'authorization'])('keeps the token of the header %s', async (header) => {
    const { container } = await shopWith({ carriers: ['cookie', { header }] })
    const phone = visitor(container, { tokens: [header] })
    await phone.get('/add')
    expect(await seen(phone.get('/add'))).toEqual({ items: 2, user: null })
    const thief = phone.clone()
    await phone.post('/login')
    expect(await seen(phone.get('/'))).toEqual({ items: 2, user: 'anna' })
    expect(await seen(thief.get('/'))).toEqual({ items: 0, user: null })
    await phone.post('/logout')
    expect(await seen(phone.get('/'))).toEqual({ items: 0, user: null })
    expect(phone.cookies).toEqual({})
    await container.close()
  })

  test('uses sessions that were begun, in cookies or tokens', async () => {
    const { container, sessions } = await shopWith({ carriers: ['cookie', { header: 'x-auth-token' }] })
    const begun = await sessions.begin({ principal: 'anna', items: 3 })
    for (const one of [visitor(container), visitor(container, { tokens: ['X-Auth-Token'] })])
      expect(await seen(one.use(begun).get('/'))).toEqual({ items: 3, user: 'anna' })
    await container.close()
  })

  test('refuses to use a session that it cannot present', async () => {
    const { container, sessions } = await shopWith({ carriers: [{ header: 'authorization' }] })
    const begun = await sessions.begin({ principal: 'anna' })
    expect(() => visitor(container).use(begun)).toThrow("visitor(site, { tokens: ['authorization'] })")
    await container.close()
  })

  test('posts as the page of a browser, unless the test says that another site does', async () => {
    const { container } = await shopWith({})
    const anna = visitor(container)
    await anna.get('/add')
    expect((await anna.post('/login')).status).toBe(200)
    const forged = await anna.post('/logout', undefined, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(forged.status).toBe(403)
    await container.close()
  })

  test('keeps cookies below the path of a mounted application', async () => {
    const { container, sessions } = await shopWith({ cookie: { path: '/shop' } })
    const anna = visitor(container).use(await sessions.begin({ principal: 'anna' }))
    expect(await seen(anna.get('/'))).toEqual({ items: 0, user: null })
    expect(await seen(anna.get('/shop'))).toEqual({ items: 0, user: 'anna' })
    await container.close()
  })

  test('uses a session with a __Host- cookie over TLS as over none', async () => {
    const session = { cookie: { hostPrefix: true } }
    const shop = defineApplication<Scopes>({
      setup: (app) => void app.use((ctx) => (ctx.body = { user: ctx.scopes.session.principal, secure: ctx.secure })),
    })
    const container = await createContainer(
      { server: { proxy: true }, applications: { shop: { session } } },
      { applications: { shop }, logger: silentLogger },
    )
    const begun = await container.application(shop).sessions.begin({ principal: 'anna' })
    expect(await seen(visitor(container).use(begun).get())).toEqual({ user: 'anna', secure: false })
    const secure = visitor(container, { headers: { 'x-forwarded-proto': 'https' } }).use(begun)
    expect(await seen(secure.get())).toEqual({ user: 'anna', secure: true })
    await container.close()
  })
})
