import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import cors from '@koa/cors'
import Koa from 'koa'
import compress from 'koa-compress'
import helmet from 'koa-helmet'
import mount from 'koa-mount'
import serve from 'koa-static'
import { json, serveOwnApp, serveSite } from './site.js'

/** Whether a response says that it depends on a session or holds one. */
const mentionsSession = ({ headers }) =>
  headers.getSetCookie().length > 0 || /cookie/i.test(headers.get('vary') ?? '') || headers.has('cache-control')

/** Answers with a stream that goes on only when it is told to, so that the head leaves long before the end. */
function streaming(streams) {
  return (ctx) => {
    ctx.session.visits = (ctx.session.visits ?? 0) + 1
    const stream = new PassThrough()
    stream.write('a'.repeat(100_000))
    streams.push(stream)
    ctx.type = 'text/plain'
    ctx.body = stream
  }
}

async function answersCompressed({ sessions, streams, visit }) {
  const anna = visit()
  const response = await anna.get('/', { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(response.headers.get('content-encoding'), 'gzip')
  assert.match(response.headers.get('vary'), /Accept-Encoding.*Cookie|Cookie.*Accept-Encoding/i)
  assert.equal(response.headers.getSetCookie().length, 1)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  // The body goes on, and the session is stored already.
  const { items } = await sessions.list()
  const { attributes } = await sessions.show(items[0].id)
  assert.deepEqual(
    attributes.map(({ name, value }) => [name, value]),
    [['visits', 1]],
  )
  streams[0].end('z')
  assert.equal(gunzipSync(Buffer.from(await response.arrayBuffer())).toString(), `${'a'.repeat(100_000)}z`)
}

test('koa-compress inside the scopes: the cookie is sent, and the session stored, before the head of a compressed stream', async (t) => {
  const streams = []
  const site = await serveSite(t, (app) => {
    app.use(compress())
    app.use(streaming(streams))
  })
  await answersCompressed({ ...site, streams })
})

test('koa-compress around the scopes: the same', async (t) => {
  const streams = []
  const app = new Koa()
  const own = await serveOwnApp(t, app)
  app.use(compress())
  app.use(own.container.scopes('shop'))
  app.use(streaming(streams))
  await answersCompressed({ ...own, ...(await own.listen()), streams })
})

async function folderWithStyle(t) {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-static-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'style.css'), 'body { margin: 0 }')
  return folder
}

test('koa-static: a file makes no session and is cached by all, also for a visitor with a session', async (t) => {
  const folder = await folderWithStyle(t)
  const { sessions, visit } = await serveSite(t, (app) => {
    app.use(serve(folder, { maxage: 3_600_000 }))
    app.use((ctx) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
      ctx.body = ctx.session.visits
    })
  })
  const anna = visit()
  for (const path of ['/style.css', '/', '/style.css']) {
    const response = await anna.get(path)
    if (path === '/') continue
    assert.equal(await response.text(), 'body { margin: 0 }')
    assert.deepEqual(response.headers.getSetCookie(), [])
    assert.equal(response.headers.get('vary'), null)
    assert.equal(response.headers.get('cache-control'), 'max-age=3600')
  }
  assert.equal(await (await anna.get()).text(), '2')
  assert.equal(await sessions.count(), 1)
})

test('koa-mount: scopes below a path of an app, and nothing of them beside it', async (t) => {
  const app = new Koa()
  const own = await serveOwnApp(t, app, { session: { cookie: { path: '/shop' } } })
  const shop = new Koa()
  shop.use(own.container.scopes('shop'))
  shop.use((ctx) => {
    ctx.session.visits = (ctx.session.visits ?? 0) + 1
    ctx.body = { path: ctx.path, visits: ctx.session.visits }
  })
  app.use(mount('/shop', shop))
  app.use((ctx) => {
    ctx.body = 'no shop'
  })
  const { visit } = await own.listen()
  const anna = visit()
  assert.equal(mentionsSession(await anna.get()), false)
  const first = await anna.get('/shop/cart')
  assert.match(first.headers.getSetCookie()[0], /; Path=\/shop;/)
  assert.deepEqual(await first.json(), { path: '/cart', visits: 1 })
  assert.deepEqual(await json(anna.get('/shop')), { path: '/', visits: 2 })
  const beside = await anna.get()
  assert.deepEqual([await beside.text(), mentionsSession(beside)], ['no shop', false])
  assert.equal(await own.sessions.count(), 1)
})

test('koa-mount: an app that is mounted inside the scopes has their session', async (t) => {
  const account = new Koa()
  account.use((ctx) => {
    ctx.session.visits = (ctx.session.visits ?? 0) + 1
    ctx.body = ctx.session.visits
  })
  const { visit } = await serveSite(t, (app) => {
    app.use(mount('/account', account))
    app.use((ctx) => {
      ctx.body = ctx.session.visits ?? 0
    })
  })
  const anna = visit()
  await anna.get('/account')
  assert.equal(await (await anna.get()).text(), '1')
})

test('koa-helmet: its headers and ours are on pages and on errors', async (t) => {
  const { visit } = await serveSite(t, (app) => {
    app.use(helmet())
    app.use((ctx) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
      if (ctx.path === '/fail') ctx.throw(400)
      ctx.body = ctx.session.visits
    })
  })
  const { headers } = await visit().get()
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.match(headers.get('content-security-policy'), /default-src 'self'/)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.match(headers.get('vary'), /Cookie/)
  const failed = await visit().get('/fail')
  assert.equal(failed.status, 400)
  assert.equal(failed.headers.getSetCookie().length, 1)
})

test('@koa/cors: its headers and ours on answers and errors; a preflight begins no session', async (t) => {
  const started = []
  const { sessions, visit } = await serveSite(t, {
    onSessionStart({ session }) {
      session.since = new Date()
      started.push(session)
    },
    setup(app) {
      app.use(cors({ origin: 'https://app.example.com', credentials: true }))
      app.use((ctx) => {
        ctx.session.visits = (ctx.session.visits ?? 0) + 1
        if (ctx.path === '/fail') ctx.throw(400)
        ctx.body = ctx.session.visits
      })
    },
  })
  const anna = visit()
  const headers = { origin: 'https://app.example.com', 'sec-fetch-site': 'same-site' }
  const preflight = await anna.request('/', {
    method: 'OPTIONS',
    headers: { ...headers, 'access-control-request-method': 'POST' },
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://app.example.com')
  assert.deepEqual([started.length, await sessions.count(), preflight.headers.getSetCookie()], [0, 0, []])
  for (const [path, status] of [
    ['/fail', 400],
    ['/', 200],
  ]) {
    const answer = await anna.get(path, { headers })
    assert.equal(answer.status, status)
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example.com')
    assert.equal(answer.headers.get('access-control-allow-credentials'), 'true')
    assert.match(answer.headers.get('vary'), /Origin.*Cookie|Cookie.*Origin/i)
  }
  assert.equal(await (await anna.get('/', { headers })).text(), '3')
  assert.equal(await sessions.count(), 1)
})
