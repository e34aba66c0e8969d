import { get } from 'node:http'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ScopedApplication } from '../../src/koa/application.js'
import { quietContainer } from '../support/container.js'
import { LogLines } from '../support/log-lines.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { serveContainer, Visitor, visitorWith } from '../support/visitor.js'

const soon = { interval: 5, timeout: 20_000 }

/** A stream of events, as in docs/live-connections.md. */
const events: Page = async (ctx) => {
  const app = ctx.app as unknown as ScopedApplication<OpenScopes>
  if (ctx.scopes.session.principal === null) ctx.throw(401)
  const connection = await app.connect(ctx.req)
  const stream = new PassThrough()
  stream.write(': open\n\n')
  connection.onEnd(() => stream.end('event: end\ndata: \n\n'))
  stream.on('close', () => connection.close())
  ctx.type = 'text/event-stream'
  ctx.body = stream
}

async function served(pages: Readonly<Record<string, Page>>) {
  const log = new LogLines()
  const container = await quietContainer(
    { applications: { shop: { session: {} } } },
    { applications: { shop: shop({ ...sessionPages, ...pages }) }, logger: log.logger },
  )
  const { close, url } = await serveContainer(container)
  onTestFinished(async () => {
    await close()
    await container.close()
  })
  return { log, url }
}

/** Reads the first bytes of a response, and leaves. */
const leave = (url: string, visitor: Visitor) =>
  new Promise<void>((resolve) => {
    const cookie = `shop_sid=${visitor.cookies.get('shop_sid')}`
    const request = get(url, { headers: { cookie } }, (response) => {
      response.on('error', () => {})
      response.once('data', () => {
        request.destroy()
        resolve()
      })
    })
  })

test('a visitor who closes the page of a stream of events is no error', async () => {
  const { log, url } = await served({ '/events': events })
  expect((await new Visitor().get(url, '/events')).status).toBe(401)
  const visitor = new Visitor()
  await visitor.get(url, '/login?as=ada')
  await leave(`${url}/events`, visitor)
  await vi.waitFor(
    () => expect(log.all.at(-1)).toMatchObject({ level: 'debug', message: 'a visitor left during a response' }),
    soon,
  )
  expect(log.shown).toEqual([])
})

test('a stream that breaks off by itself is one, also in what Koa reports when its response has closed', async () => {
  let isOver = false
  const { log, url } = await served({
    '/broken': (ctx) => {
      const stream = new PassThrough()
      stream.write('a')
      setImmediate(() => stream.destroy())
      ctx.body = stream
      ctx.res.once('close', () => setImmediate(() => (isOver = true)))
    },
  })
  await expect(new Visitor().get(url, '/broken')).rejects.toThrow()
  await vi.waitFor(() => expect(isOver).toBe(true), soon)
  expect(log.shown[0]).toMatchObject({ level: 'error', message: 'a request failed' })
  expect(log.all.map(({ message }) => message)).not.toContain('a visitor left during a response')
})

test('a stream of events begins at once, is left to no shared cache, and ends with the session', async () => {
  const { url } = await served({ '/events': events })
  const visitor = await visitorWith(url, 'name=ada')
  await visitor.get(url, '/login?as=ada')
  const response = await fetch(`${url}/events`, { headers: { cookie: `shop_sid=${visitor.cookies.get('shop_sid')}` } })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'cache-control': 'private',
    'content-type': 'text/event-stream; charset=utf-8',
    vary: 'Cookie',
  })
  const text = response.text()
  await visitor.get(url, '/end')
  expect(await text).toBe(': open\n\nevent: end\ndata: \n\n')
})
