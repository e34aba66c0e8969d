import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import visits from '../../examples/visits/application.js'
import { silentLogger } from '../../src/support/logger.js'
import { quietContainer } from '../support/container.js'
import { serveContainer, Visitor } from '../support/visitor.js'

const info = vi.fn()
let url: string

beforeEach(async () => {
  const logger = { ...silentLogger, info, child: () => logger }
  const container = await quietContainer(
    { caches: { pages: { driver: 'memory' } }, applications: { visits: { session: {}, client: {} } } },
    { applications: { visits }, logger },
  )
  const server = await serveContainer(container)
  url = server.url
  onTestFinished(async () => {
    await server.close()
    await container.close()
    info.mockClear()
  })
})

const inJson = { accept: 'application/json' }
const form = (fields: Record<string, string> = {}) => ({ method: 'POST', body: new URLSearchParams(fields) })

const read = async (visitor: Visitor) => (await visitor.get(url, '/', { headers: inJson })).json()
const change = async (visitor: Visitor, path: string, fields?: Record<string, string>) =>
  (await visitor.get(url, path, { ...form(fields), headers: inJson })).json()

describe('the visits example in JSON', () => {
  it('answers the first request with all three scopes', async () => {
    const now = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
    expect(await read(new Visitor())).toEqual({
      application: { startedAt: now, requests: 1, sessions: 0 },
      session: { id: expect.any(String), isNew: true, visits: 1, cart: [], user: null },
      client: { visits: 1, hitcount: 1, lastvisit: now },
    })
  })

  it('counts the page views of each visitor, and the requests of all', async () => {
    const visitor = new Visitor()
    await read(visitor)
    await change(visitor, '/cart', { item: 'tea' })
    expect(await read(visitor)).toMatchObject({
      application: { requests: 3 },
      session: { isNew: false, visits: 2 },
      client: { visits: 2, hitcount: 3 },
    })
    expect(await read(new Visitor())).toMatchObject({ application: { requests: 4 }, session: { visits: 1 } })
  })

  it('puts items into the cart, in order', async () => {
    const visitor = new Visitor()
    expect(await change(visitor, '/cart', { item: ' tea ' })).toMatchObject({ session: { cart: ['tea'] } })
    expect(await change(visitor, '/cart', { item: 'milk' })).toMatchObject({ session: { cart: ['tea', 'milk'] } })
    expect(await read(visitor)).toMatchObject({ session: { cart: ['tea', 'milk'] } })
  })

  it.each([
    ['/login', { name: 'Ada' }, { user: 'Ada' }],
    ['/rotate', undefined, { user: null }],
  ])('%s keeps the session and replaces its cookie', async (path, fields, expected) => {
    const visitor = new Visitor()
    const { session } = await change(visitor, '/cart', { item: 'tea' })
    const before = visitor.clone()
    expect((await change(visitor, path, fields)).session).toEqual({ ...session, isNew: false, ...expected })
    expect((await read(visitor)).session).toMatchObject({ id: session.id, cart: ['tea'] })
    expect(visitor.cookies.get('visits_sid')).not.toBe(before.cookies.get('visits_sid'))
    expect((await before.get(url, '/cart', form({ item: 'milk' }))).status).toBe(409)
  })

  it('empties the session at logout, and keeps the client', async () => {
    const visitor = new Visitor()
    await read(visitor)
    await change(visitor, '/cart', { item: 'tea' })
    const { session } = await change(visitor, '/login', { name: 'Ada' })
    expect(await change(visitor, '/logout')).toMatchObject({
      session: { id: null, isNew: false, visits: 0, cart: [], user: null },
      client: { visits: 1 },
    })
    expect(visitor.cookies.has('visits_sid')).toBe(false)
    const after = await read(visitor)
    expect(after).toMatchObject({ session: { isNew: true, visits: 1, cart: [], user: null }, client: { visits: 2 } })
    expect(after.session.id).not.toBe(session.id)
  })

  it('logs the end of a session with what it held', async () => {
    const visitor = new Visitor()
    await read(visitor)
    await change(visitor, '/cart', { item: 'tea' })
    await change(visitor, '/logout')
    const line = { reason: 'invalidated', visits: 1, cart: ['tea'] }
    await vi.waitFor(() => expect(info).toHaveBeenCalledWith(line, 'a session has ended'), { interval: 5 })
  })
})

describe('the visits example as a page', () => {
  it('is HTML for a browser, and for whoever does not say', async () => {
    for (const accept of ['text/html,application/xhtml+xml,*/*;q=0.8', '*/*']) {
      const { headers, text } = await new Visitor().get(url, '/', { headers: { accept } })
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(text).toContain('<h1>Welcome</h1>')
    }
  })

  it.each([
    ['/cart', { item: 'tea' }],
    ['/login', { name: 'Ada' }],
    ['/logout', {}],
    ['/rotate', {}],
  ])('comes after a POST to %s', async (path, fields) => {
    const { headers, status } = await new Visitor().get(url, path, form(fields))
    expect(status).toBe(303)
    expect(new URL(headers.get('location') ?? '', url + path).href).toBe(`${url}/`)
  })

  it('escapes what visitors have written', async () => {
    const visitor = new Visitor()
    const hostile = `<script>alert("&'")</script>`
    await visitor.get(url, '/cart', form({ item: hostile }))
    await visitor.get(url, '/login', form({ name: hostile }))
    const { text } = await visitor.get(url)
    expect(text).not.toContain('<script')
    expect(text.split('&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;')).toHaveLength(5)
  })
})

describe('the visits example refuses', () => {
  it.each([
    ['an empty item', '/cart', 'item', form({ item: '' })],
    ['a blank item', '/cart', 'item', form({ item: '  ' })],
    ['two items', '/cart', 'item', { method: 'POST', body: new URLSearchParams('item=a&item=b') }],
    ['an item that is no text', '/cart', 'item', { method: 'POST', body: new URLSearchParams('item[a]=b') }],
    ['a form without an item', '/cart', 'item', form({ thing: 'tea' })],
    ['a request without a form', '/cart', 'item', { method: 'POST' }],
    ['a name of 10 kB', '/login', 'name', form({ name: 'x'.repeat(10_240) })],
    ['a form without a name', '/login', 'name', form()],
  ])('%s with a sentence, and changes nothing', async (_, path, field, init) => {
    const visitor = new Visitor()
    const { setCookie, status, text } = await visitor.get(url, path, init)
    expect(status).toBe(400)
    expect(text).toContain(`Please write 1 to 100 characters into the field &quot;${field}&quot;.`)
    expect(setCookie).toEqual([])
  })

  it('a form beyond all measure', async () => {
    expect((await new Visitor().get(url, '/login', form({ name: 'x'.repeat(100_000) }))).status).toBe(413)
  })

  it('other methods', async () => {
    expect((await new Visitor().get(url, '/cart', { method: 'DELETE' })).status).toBe(405)
  })
})
