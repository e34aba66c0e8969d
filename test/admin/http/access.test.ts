import { connect } from 'node:net'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../../../examples/two-nodes/free-port.js'
import { operatedNode } from '../../support/admin-node.js'
import type { OperatedNode } from '../../support/admin-site.js'
import { ask, Operator, rawStatus, token } from '../../support/admin-site.js'
import { Visitor } from '../../support/visitor.js'

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the admin page', () => {
  it('asks browsers for the token, and programs too', async () => {
    const node = await operatedNode()
    const visitor = new Visitor()
    const page = await visitor.get(node.adminUrl, '/applications/shop/sessions?q=anna', { headers: browser })
    expect(page.status).toBe(401)
    expect(page.text).toContain('<h1>Log in</h1>')
    expect(page.text).toContain('value="/applications/shop/sessions?q=anna"')
    expect(page.setCookie).toEqual([])
    const json = await visitor.get(node.adminUrl, '/', { headers: { accept: 'application/json' } })
    expect([json.status, json.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="koa-scopes admin"'])
    expect(json.json().error.message).toContain('Authorization: Bearer')
    for (const path of ['/', '/events', '/samples', '/configuration', '/caches/store', '/applications/shop/sessions/x'])
      expect((await visitor.get(node.adminUrl, path)).status).toBe(401)
  })

  it('takes the token out of the address at once, and goes on by a cookie of its own', async () => {
    const node = await operatedNode()
    const visitor = new Visitor()
    const answer = await visitor.get(node.adminUrl, `/events?after=5&token=${token}`, { headers: browser })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/events?after=5'])
    const { port } = new URL(node.adminUrl)
    expect(answer.setCookie).toEqual([
      expect.stringMatching(new RegExp(`^koa-scopes-admin-${port}=[\\w-]{32}; Path=/; HttpOnly; SameSite=Strict$`)),
    ])
    expect(answer.text + answer.setCookie).not.toContain(token)
    expect((await visitor.get(node.adminUrl, '/events', { headers: browser })).status).toBe(200)
  })

  it('makes a token up where none is configured, for its address alone', async () => {
    const node = await operatedNode({ admin: { token: '' } })
    expect(node.adminUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/)
    const visitor = new Visitor()
    expect((await visitor.get(node.adminUrl, '', { headers: browser })).status).toBe(303)
    expect((await visitor.get(new URL(node.adminUrl).origin, '/', { headers: browser })).status).toBe(200)
    const made = new URL(node.adminUrl).searchParams.get('token') ?? ''
    expect(JSON.stringify(node.lines.all)).not.toContain(made)
    const other = await operatedNode({ admin: { token: '' } })
    expect(other.adminUrl.slice(-32)).not.toBe(made)
  })

  it('has a form for the token, which leads back to the page that was asked for and to no other site', async () => {
    const node = await operatedNode()
    const post = (fields: Record<string, string>, headers = {}) =>
      new Visitor().get(node.adminUrl, '/login', {
        method: 'POST',
        headers: { ...browser, ...headers },
        body: new URLSearchParams(fields),
      })
    const right = await post({ token, next: '/caches?x=1' })
    expect([right.status, right.headers.get('location')]).toEqual([303, '/caches?x=1'])
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', ''])
      expect((await post({ token, next })).headers.get('location')).toBe('/')
    const wrong = await post({ token: 'wrong', next: '/caches' })
    expect(wrong.status).toBe(401)
    expect(wrong.text).toContain('This is not the token.')
    expect((await post({ token }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post({ token: 'x'.repeat(20_000) })).status).toBe(413)
  })

  it('slows down those who try tokens, also in the address and by Bearer', async () => {
    const node = await operatedNode()
    const visitor = new Visitor()
    for (let count = 0; count < 5; count++) {
      expect((await visitor.get(node.adminUrl, '/?token=wrong')).status).toBe(401)
      expect((await visitor.get(node.adminUrl, '/', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
    }
    const limited = await visitor.get(node.adminUrl, '/?token=wrong')
    expect([limited.status, Number(limited.headers.get('retry-after'))]).toEqual([429, expect.closeTo(60, -1)])
    expect(node.lines.all.filter(({ fields }) => fields.audit === 'refused')).toHaveLength(10)
    expect((await ask(node, '/')).status).toBe(200)
    expect((await visitor.get(node.adminUrl, `/?token=${token}`)).status).toBe(303)
  })

  it('counts no token that a page of another site makes the browser send', async () => {
    const node = await operatedNode()
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
    for (let count = 0; count < 20; count++)
      expect((await new Visitor().get(node.adminUrl, '/?token=wrong', { headers })).status).toBe(401)
    expect(node.lines.shown).toEqual([])
    expect((await new Visitor().get(node.adminUrl, '/?token=wrong')).status).toBe(401)
  })

  it('answers only under its own names', async () => {
    const node = await operatedNode({ admin: { hosts: ['admin.example.com'] } })
    const authorization = `Bearer ${token}`
    expect(await rawStatus(node, '/', { host: 'evil.example', authorization })).toBe(421)
    expect(await rawStatus(node, '/assets/admin.js', { host: 'evil.example:9090' })).toBe(421)
    expect(await rawStatus(node, '/', { host: 'localhost:1', authorization })).toBe(200)
    expect(await rawStatus(node, '/', { host: 'ADMIN.example.com', authorization })).toBe(200)
  })

  it('makes no change that a page of another site, or an old form, asks for', async () => {
    const node = await operatedNode()
    const visitor = new Visitor()
    await visitor.get(node.url, '/login?user=anna')
    const operator = await Operator.signedIn(node)
    const path = '/applications/shop/end-sessions?principal=anna'
    await operator.open(path)
    const tries: RequestInit[] = [
      { headers: { 'sec-fetch-site': 'cross-site' } },
      { headers: { 'sec-fetch-site': 'same-site' } },
      { headers: { origin: 'https://evil.example' } },
    ]
    for (const init of tries) {
      const csrf = /name="csrf" value="([^"]*)"/.exec(operator.page)?.[1] ?? ''
      expect((await operator.open(path, { ...init, method: 'POST', body: new URLSearchParams({ csrf }) })).status).toBe(
        403,
      )
      await operator.open(path)
    }
    expect((await operator.open(path, { method: 'POST' })).status).toBe(403)
    expect(
      (await operator.open(path, { method: 'POST', body: new URLSearchParams({ csrf: 'x'.repeat(32) }) })).status,
    ).toBe(403)
    expect((await operator.open('/applications/shop/sessions?principal=anna', { method: 'DELETE' })).status).toBe(403)
    expect((await visitor.get(node.url)).json().principal).toBe('anna')
    await operator.open(path)
    expect((await operator.send(path)).status).toBe(200)
    expect((await visitor.get(node.url)).json().principal).toBeNull()
  })

  it('marks its cookie Secure if a proxy says that the browser came by TLS', async () => {
    const node = await operatedNode()
    const headers = { ...browser, 'x-forwarded-proto': 'https' }
    const { setCookie } = await new Visitor().get(node.adminUrl, `/?token=${token}`, { headers })
    expect(setCookie[0]).toMatch(/; Secure; SameSite=Strict$|; Secure(;|$)/)
  })

  it('says once what was done, also if another page of that browser is fetched again meanwhile', async () => {
    const node = await operatedNode()
    const operator = await Operator.signedIn(node)
    await operator.open('/applications/shop/stop')
    const csrf = /name="csrf" value="([^"]*)"/.exec(operator.page)?.[1] ?? ''
    const body = new URLSearchParams({ csrf })
    await operator.get(node.adminUrl, '/applications/shop/stop', { method: 'POST', body, headers: browser })
    const said = 'shop was not started.'
    await operator.get(node.adminUrl, '/events', { headers: { ...browser, 'x-refresh': 'true' } })
    expect((await operator.open('/applications')).text).toContain(said)
    expect((await operator.open('/applications')).text).not.toContain(said)
  })

  it('ends a login, of that browser only', async () => {
    const node = await operatedNode()
    const [one, other] = [await Operator.signedIn(node), await Operator.signedIn(node)]
    const stolen = one.clone()
    await one.send('/logout')
    expect(one.page).toContain('<h1>Log in</h1>')
    expect(one.cookies.size).toBe(0)
    expect((await stolen.get(node.adminUrl, '/', { headers: browser })).status).toBe(401)
    expect((await other.open('/')).status).toBe(200)
  })

  it('asks a browser that came by a link of another site to ask again, for then it sends its cookie', async () => {
    const node = await operatedNode()
    const open = (site: string) =>
      new Visitor().get(node.adminUrl, '/caches', { headers: { ...browser, 'sec-fetch-site': site } })
    expect((await open('cross-site')).text).toContain('http-equiv="refresh" content="0"')
    expect((await open('same-origin')).text).not.toContain('http-equiv="refresh"')
  })

  it('is off unless it is declared', async () => {
    const node = await operatedNode({ admin: false })
    expect(node.adminUrl).toBe('')
  })

  it('names the port that is in use, and leaves nothing behind', async () => {
    const node = await operatedNode()
    const port = Number(new URL(node.adminUrl).port)
    await expect(operatedNode({ admin: { port } })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('set another admin.port'),
    })
  })
})

it('is closed again if the server cannot listen', async () => {
  const taken = Number(new URL((await operatedNode({ admin: false })).url).port)
  const port = await freePort()
  await expect(operatedNode({ port: taken, admin: { port } })).rejects.toMatchObject({
    message: expect.stringContaining('set another server.port'),
  })
  expect(new URL((await operatedNode({ admin: { port } })).adminUrl).port).toBe(`${port}`)
})

describe('every page', () => {
  let operator: Operator
  const paths = [
    '/',
    '/applications',
    '/applications/shop',
    '/applications/shop/stop',
    '/records',
    '/applications/shop/sessions',
    '/applications/shop/sessions?q=none',
    '/applications/shop/clients',
    '/applications/shop/end-sessions?principal=anna',
    '/caches',
    '/caches/store',
    '/caches/pages?key=front',
    '/caches/pages/clear',
    '/events',
    '/configuration',
    '/samples',
  ]
  let node: OperatedNode
  let stop = async () => {}

  beforeAll(async () => {
    node = await operatedNode({}, (it) => {
      stop = it
    })
    await new Visitor().get(node.url, '/login?user=anna')
    await new Visitor().get(node.url, '/cached')
    operator = await Operator.signedIn(node)
    return () => stop()
  })

  it.each(paths)('%s has its policy, and no script or style in it', async (path) => {
    const { headers, status, text } = await operator.open(path)
    expect(status).toBe(200)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:/i)
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
  })

  it.each(paths)('%s is JSON for programs', async (path) => {
    const { headers, json, status } = await ask(node, path)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(json()).toBeTypeOf('object')
    const bare = await new Visitor().get(new URL(node.adminUrl).origin, path, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(bare.headers.get('content-type')).toContain('json')
  })

  it('says what is not there, and what is not possible', async () => {
    for (const path of [
      '/none',
      '/applications/none',
      '/applications/none/sessions',
      '/caches/none',
      '/caches/constructor',
      '/applications/shop/sessions/none',
      '/%ff',
      '/assets/none.js',
      '/caches/none/clear',
    ])
      expect((await ask(node, path)).status).toBe(404)
    const wrong = await ask(node, '/caches', 'DELETE')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=made-up'])
      expect((await ask(node, `/applications/shop/sessions?${query}`)).status).toBe(400)
    for (const path of [
      '/applications/shop/sessions',
      '/applications/shop/sessions?principal=',
      '/caches/pages/objects',
    ])
      expect((await ask(node, path, 'DELETE')).status).toBe(400)
    expect((await ask(node, '/applications/shop/sessions')).json().items).toHaveLength(1)
  })

  it('finds nothing for a text that no id and no principal can be, and refuses a missing id and such a key', async () => {
    const sessions = '/applications/shop/sessions'
    const long = 'a'.repeat(9_000)
    for (const query of [`q=${long}`, `principal=${long}`, `idPrefix=${long}`])
      expect((await ask(node, `${sessions}?${query}`)).json()).toMatchObject({ items: [] })
    expect((await ask(node, `${sessions}/${long}`)).status).toBe(404)
    for (const path of [`${sessions}/${long}`, `${sessions}?principal=${long}`])
      expect((await ask(node, path, 'DELETE')).json()).toEqual({ ended: 0 })
    for (const path of [`${sessions}/`, `/caches/pages/objects?key=${long}`])
      expect((await ask(node, path, 'DELETE')).status).toBe(400)
    expect(node.lines.all.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('sends its files to everyone, with the library of the charts', async () => {
    for (const [name, type] of [
      ['admin.css', 'text/css'],
      ['admin.js', 'text/javascript'],
      ['uplot.js', 'text/javascript'],
      ['uplot.css', 'text/css'],
      ['icon.svg', 'image/svg+xml'],
    ]) {
      const { headers, status, text } = await new Visitor().get(new URL(node.adminUrl).origin, `/assets/${name}`)
      expect([status, headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`])
      expect(text.length).toBeGreaterThan(100)
    }
  })
})

it.each([
  ['leaving within the form', 'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ntok', ''],
  ['a form that is none', 'POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n', 'zz\r\n'],
])('%s is no line that an operator reads', async (_, head, rest) => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => printed.mockRestore())
  const node = await operatedNode()
  const { hostname, port } = new URL(node.adminUrl)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {}).resume()
  socket.end(head + rest)
  const lines = () => node.lines.all.map(({ level, message }) => `${level}: ${message}`)
  await expect.poll(lines).toContainEqual(expect.stringMatching(/a (page|request) for/))
  expect(lines()).toContain('debug: a request for the admin page broke off')
  expect(node.lines.shown).toEqual([])
  expect(printed).not.toHaveBeenCalled()
})

it('serves further routes of the container: open ones to everyone, others to operators', async () => {
  const { siteOf } = await import('../../../src/admin/site.js')
  const { Access } = await import('../../../src/admin/access/access.js')
  const { systemClock } = await import('../../../src/support/steady-clock.js')
  const { silentLogger } = await import('../../../src/support/logger.js')
  const { serve } = await import('../../support/visitor.js')
  const route = (access: 'open' | 'token') => ({
    access,
    serve: (_: unknown, response: import('node:http').ServerResponse) => response.end('as it is') === response,
  })
  const operated = {
    config: { admin: { host: '127.0.0.1', port: 0, hosts: [] } },
    extra: new Map([
      ['/healthz', route('open')],
      ['/metrics', route('token')],
    ]),
    isClosing: () => false,
  } as unknown as Parameters<typeof siteOf>[0]['operated']
  const access = new Access(token, 0, systemClock, silentLogger)
  const { url, close } = await serve(siteOf({ operated, access, routes: [], node: 'x' }).callback())
  onTestFinished(close)
  const visitor = new Visitor()
  expect((await visitor.get(url, '/healthz')).text).toBe('as it is')
  expect((await visitor.get(url, '/metrics')).status).toBe(401)
  expect((await visitor.get(url, '/metrics', { headers: { authorization: `Bearer ${token}` } })).text).toBe('as it is')
})
