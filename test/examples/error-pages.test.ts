import { afterEach, describe, expect, it } from 'vitest'
import account from '../../examples/account/application.js'
import twoNodes from '../../examples/two-nodes/application.js'
import visits from '../../examples/visits/application.js'
import type { ConfigInput } from '../../src/config/load.js'
import { quietContainer } from '../support/container.js'
import { serveContainer, Visitor } from '../support/visitor.js'

const examples = [
  ['visits', visits],
  ['two-nodes', twoNodes],
  ['account', account],
] as const
type Example = (typeof examples)[number][1]

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

type Settings = Pick<ConfigInput, 'caches'> & NonNullable<ConfigInput['applications']>[string]

async function start(example: Example, { caches = {}, ...application }: Settings = {}) {
  const config: ConfigInput = {
    caches: { pages: { driver: 'memory' }, ...caches },
    applications: { example: { session: {}, client: {}, ...application } },
  }
  const container = await quietContainer(config, { applications: { example } })
  const { close, url } = await serveContainer(container)
  stops.push(close, () => container.close())
  return url
}

const post = (fields: Record<string, string> = {}) => ({ method: 'POST', body: new URLSearchParams(fields) })
const inJson = { headers: { accept: 'application/json' } }

/** A store at an address where nothing listens. */
const unreachable = {
  caches: { gone: { driver: 'redis', url: 'redis://127.0.0.1:9', storage: true, deadline: '300ms' } },
  session: { storage: 'gone', cluster: true },
} as const

describe.each(examples)('the pages of %s for errors', (_, example) => {
  it('say where nothing is, and lead back to the mount', async () => {
    for (const mount of ['/', '/a/b']) {
      const url = await start(example, { mount })
      const prefix = mount === '/' ? '' : mount
      const { headers, status, text } = await new Visitor().get(url, `${prefix}/nothing/here?<b>`)
      expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
      expect(text).toContain('<h1>There is no such page</h1>')
      expect(text).toContain(`<a href="${prefix}/">`)
    }
  })

  it('lead nowhere else, whatever the address', async () => {
    const { text } = await new Visitor().get(await start(example), '//evil.example/')
    expect(text).toContain('<a href="/">')
  })

  it('ask for patience while the store does not answer, and say nothing of the store', async () => {
    const url = await start(example, unreachable)
    const visitor = new Visitor()
    visitor.cookies.set('example_sid', `${'a'.repeat(22)}.${'b'.repeat(24)}`)
    const { headers, status, text } = await visitor.get(url)
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
    expect(text).toContain('<h1>One moment, please</h1>')
    expect(text).toMatch(/<a href="\/">Try again/)
    expect(text).not.toMatch(/127\.0\.0\.1|STORAGE|gone/)
  })

  it('are not for clients that ask for JSON', async () => {
    const { status, text } = await new Visitor().get(await start(example), '/nothing', inJson)
    expect([status, text]).toEqual([404, 'Not Found'])
  })
})

describe('the pages of the examples', () => {
  it('say what a form has to hold', async () => {
    const { status, text } = await new Visitor().get(await start(visits), '/cart', post({ item: ' ' }))
    expect(status).toBe(400)
    expect(text).toContain('Please write 1 to 100 characters into the field &quot;item&quot;.')
  })

  it('say that a form is no longer valid', async () => {
    const url = await start(account)
    const visitor = new Visitor()
    await visitor.get(url)
    const { status, text } = await visitor.get(url, '/login', post({ name: 'anna', password: 'secret' }))
    expect(status).toBe(403)
    expect(text).toContain('<h1>This form is no longer valid</h1>')
    expect(text).not.toContain('CSRF')
  })

  it('show moments alike', async () => {
    const visitor = new Visitor()
    const moment = />\d{1,2} \w{3} \d{4}, \d\d:\d\d UTC<\/time>/g
    expect((await visitor.get(await start(visits))).text.match(moment)).toHaveLength(2)
    const nodes = await start(twoNodes)
    await visitor.get(nodes, '/cart/add', post({ item: 'tea' }))
    expect((await visitor.get(nodes)).text.match(moment)).toHaveLength(1)
    const accounts = await start(account)
    await visitor.get(accounts, '/login', {
      ...post({ name: 'anna', password: 'secret' }),
      headers: { origin: accounts },
    })
    expect((await visitor.get(accounts)).text.match(moment)).toHaveLength(1)
  })
})
