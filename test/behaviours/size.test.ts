import { PassThrough } from 'node:stream'
import { afterEach, describe, expect } from 'vitest'
import { describeEverywhere, describeMemoryFirst } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const mb = 1024 ** 2

/** Writes an attribute of so many megabytes. */
function grow({ query, session }: PageContext): void {
  session[String(query.name)] = 'x'.repeat(Number(query.mb) * mb)
}

/** Answers with events that never end. */
function stream(ctx: PageContext): void {
  const events = new PassThrough()
  events.write('data: open\n\n')
  ctx.body = events
}

const pages = {
  ...sessionPages,
  '/grow': grow,
  '/both': (ctx: PageContext) => {
    ctx.client.visits = 1
    grow(ctx)
  },
  '/committing': async (ctx: PageContext) => {
    grow(ctx)
    await ctx.scopes.session.commit()
  },
  '/logging-in': async (ctx: PageContext) => {
    grow(ctx)
    await ctx.scopes.session.login('ada')
  },
  '/locking': (ctx: PageContext) => ctx.scopes.session.lock(() => grow(ctx)),
  '/count': (ctx: PageContext) => ctx.scopes.session.increment(String(ctx.query.name)),
  '/sizes': ({ session }: PageContext) =>
    Object.fromEntries(Object.entries(session).map(([name, value]) => [name, String(value).length / mb])),
  '/client': ({ client }: PageContext) => ({ ...client }),
  '/stream': stream,
  '/write-and-stream': (ctx: PageContext) => {
    ctx.session.name = 'ada'
    stream(ctx)
  },
}

let streams: AbortController[] = []

afterEach(() => {
  for (const open of streams) open.abort()
  streams = []
})

/** Resolves when the stream has begun; it stays open until the test ends. */
async function openStream(url: string, path: string, visitor = new Visitor()): Promise<Visitor> {
  const open = new AbortController()
  streams.push(open)
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await fetch(url + path, { signal: open.signal, headers: { cookie } })
  expect(response.status).toBe(200)
  await response.body?.getReader().read()
  return visitor
}

describe('a session that grows', () => {
  describeEverywhere(({ test }) => {
    test('52. is refused beyond maxSize, and nothing of the request is saved', async ({ store }) => {
      const errors: unknown[] = []
      const { url } = await store.node(shop(pages, { onError: (error) => void errors.push(error) }))
      const visitor = new Visitor()
      for (const name of ['a', 'b', 'c'])
        expect(await visitor.get(url, `/grow?name=${name}&mb=1.25`)).toMatchObject({ status: 200 })
      for (const page of ['/grow', '/both', '/committing', '/logging-in', '/locking'])
        expect((await visitor.get(url, `${page}?name=d&mb=1.5`)).status, page).toBe(413)
      expect(errors).toHaveLength(5)
      for (const error of errors)
        expect(error).toMatchObject({
          code: 'SCOPE_TOO_LARGE',
          details: { scope: 'session', size: expect.closeTo(5.25 * mb, -3), maxSize: 4 * mb, largest: ['d', 'a', 'b'] },
        })
      expect((await visitor.get(url, '/sizes')).json()).toEqual({ a: 1.25, b: 1.25, c: 1.25 })
      expect((await visitor.get(url, '/client')).text).toBe('{}')
      expect((await visitor.get(url, '/principal')).text).toBe('null')
      expect((await new Visitor().get(url, '/grow?name=all&mb=4')).setCookie).toEqual([])
    })

    test('52. counts increments and names too, and goes on once it is smaller', async ({ store }) => {
      const { url } = await store.node(shop(pages), { session: { maxSize: '1kb' } })
      const visitor = new Visitor()
      const name = 'n'.repeat(400)
      for (const end of 'ab') expect((await visitor.get(url, `/count?name=${name}${end}`)).status).toBe(200)
      for (const page of ['/count?name=', '/write?name='])
        expect((await visitor.get(url, `${page}${name}c&${name}c=1`)).status, page).toBe(413)
      expect((await visitor.get(url, `/count?name=${name}a`)).json()).toBe(2)
      await visitor.get(url, `/remove?${name}a`)
      expect((await visitor.get(url, `/count?name=${name}c`)).json()).toBe(1)
      expect(Object.values((await visitor.get(url, '/read')).json())).toEqual([1, 1])
    })

    test('52. that was larger before the limit was lowered can be read, changed and shrunk', async ({ store }) => {
      const before = await store.node(shop(pages))
      const visitor = await visitorWith(before.url, `a=${'x'.repeat(600)}&b=${'x'.repeat(600)}`)
      await before.stop()
      const { url } = await store.node(shop(pages), { session: { maxSize: '1kb' } })
      expect((await visitor.get(url, `/write?a=${'y'.repeat(600)}`)).status).toBe(200)
      expect((await visitor.get(url, '/write?c=1')).status).toBe(413)
      await visitor.get(url, '/remove?b')
      expect((await visitor.get(url, '/write?c=1')).status).toBe(200)
    })
  })
})

describe('memory-first', () => {
  describeMemoryFirst(({ test }) => {
    test('52. a session of 40 MB with an open stream stops no other visitor', async ({ store }) => {
      const { url } = await store.node(shop(pages), { session: { maxSize: '100mb' } })
      const giant = new Visitor()
      for (let step = 0; step < 5; step += 1)
        expect((await giant.get(url, `/grow?name=p${step}&mb=8`)).status).toBe(200)
      await openStream(url, '/stream', giant)
      const other = new Visitor()
      expect((await other.get(url, '/write?name=grace')).status).toBe(200)
      expect((await other.get(url, '/write?name=hopper')).status).toBe(200)
      expect((await other.get(url, '/read')).json()).toEqual({ name: 'hopper' })
    })

    test('52. open streams that each wrote once stop no new visitor, whatever memory their sessions take', async ({
      store,
    }) => {
      const { url } = await store.node(shop(pages), { session: { memory: '256kb' } })
      for (let count = 0; count < 150; count += 1) await openStream(url, '/write-and-stream')
      const other = new Visitor()
      expect((await other.get(url, '/write?name=grace')).status).toBe(200)
      expect((await other.get(url, '/read')).json()).toEqual({ name: 'grace' })
    })

    test('52. writes under way stop no other visitor', async ({ store }) => {
      const { line, url } = await store.node(shop(pages), { session: { memory: '64kb' } })
      line.holdEvery('save')
      const writes = Array.from({ length: 30 }, () => new Visitor().get(url, '/write?name=ada'))
      await expect.poll(() => line.waiting.length).toBe(30)
      line.letGo()
      const statuses = (await Promise.all(writes)).map(({ status }) => status)
      expect(new Set(statuses)).toEqual(new Set([200]))
    })
  })
})
