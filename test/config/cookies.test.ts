import { describe, expect, it } from 'vitest'
import { errorOf, load, problemsIn } from './loading.js'

const cookie = (text: string) => `applications: { shop: { session: { cookie: ${text} } } }`

describe('69. cookies', () => {
  it.each([
    [
      '{ name: __Host-sid }',
      'name',
      '"__Host-sid" is not accepted: browsers reserve this prefix; hostPrefix: true sets it where it is allowed.',
    ],
    ['{ name: "a;b" }', 'name', '"a;b" is not accepted'],
    ...['__host-x', '__HOST-x', '__secure-x', '__Secure-x', '__Http-x'].map((name): [string, string, string] => [
      `{ name: ${name} }`,
      'name',
      'browsers reserve this prefix',
    ]),
    ['{ path: /é }', 'path', '"/é" has characters that are not printable ASCII.'],
    ['{ path: "/a\\x01b" }', 'path', 'has characters that are not printable ASCII.'],
    ['{ path: "/a\\x7f" }', 'path', 'has characters that are not printable ASCII.'],
    [`{ path: "/${'a'.repeat(1024)}" }`, 'path', 'has more than 1024 characters'],
    ['{ name: "a\\x01" }', 'name', 'is not accepted'],
    ['{ domain: .com }', 'domain', '".com" is one word, which browsers refuse as a domain.'],
    ['{ domain: localhost }', 'domain', '"localhost" is one word'],
    ['{ domain: ..a.com }', 'domain', '"..a.com" is not accepted'],
    ['{ domain: 10.0.0.1 }', 'domain', '"10.0.0.1" is an address'],
    ['{ domain: a-.com }', 'domain', '"a-.com" is not the name of a host.'],
    [`{ domain: ${'a'.repeat(64)}.com }`, 'domain', 'is not the name of a host.'],
    [`{ domain: ${'a.'.repeat(126)}com }`, 'domain', 'is not the name of a host.'],
    [`{ name: ${'n'.repeat(3700)} }`, 'name', 'Browsers refuse a cookie of more than 4096 bytes'],
    [
      `{ name: ${'n'.repeat(2700)}, path: "/${'a'.repeat(1000)}" }`,
      'name',
      'Browsers refuse a cookie of more than 4096 bytes',
    ],
    ['{ partitioned: true, secure: false }', 'partitioned', 'Browsers refuse partitioned: true with secure: false.'],
    ['{ priority: highest }', 'priority', '"highest" is not one of low, medium, high.'],
    ['{ name: "" }', 'name', '"" is not accepted'],
    ['{ path: shop }', 'path', '"shop" is not accepted'],
    ['{ path: "/;x" }', 'path', '"/;x" is not accepted'],
    ['{ domain: "a.com; x" }', 'domain', '"a.com; x" is not accepted'],
    ['{ sameSite: Lax }', 'sameSite', '"Lax" is not one of lax, strict, none.'],
    ['{ secure: maybe }', 'secure', '"maybe" is not auto or true or false.'],
    ['{ sameSite: none, secure: false }', 'sameSite', 'Browsers refuse sameSite: none with secure: false.'],
    ['{ hostPrefix: true, path: /a }', 'hostPrefix', 'Browsers refuse hostPrefix: true with another path than /.'],
    [
      '{ hostPrefix: true, domain: a.com, secure: false }',
      'hostPrefix',
      'Browsers refuse hostPrefix: true with a domain and secure: false.',
    ],
  ])('%s', async (text, key, problem) => {
    const { problems } = await errorOf(load(cookie(text)))
    expect(problems[0]?.remedy).not.toBe('')
    expect(problems).toMatchObject([
      { path: `applications.shop.session.cookie.${key}`, problem: expect.stringContaining(problem) },
    ])
  })

  it.each([
    '{ sameSite: none }',
    '{ hostPrefix: true }',
    '{ hostPrefix: true, path: /, secure: true }',
    '{ domain: .a.com }',
    '{ partitioned: true, sameSite: none, priority: high }',
  ])('%s is right', async (text) => {
    await expect(load(cookie(text))).resolves.toBeDefined()
  })

  it('the prefix needs the path / although the application is mounted elsewhere', async () => {
    const { problems } = await errorOf(
      load('applications: { shop: { mount: /a, session: { cookie: { hostPrefix: true } } } }'),
    )
    expect(problems).toMatchObject([{ path: 'applications.shop.session.cookie.hostPrefix' }])
  })

  it('the domain has to fit the host', async () => {
    const text = (domain: string) =>
      `applications: { shop: { host: shop.example.com, session: { cookie: { domain: ${domain} } } } }`
    await expect(load(text('example.com'))).resolves.toBeDefined()
    expect(await problemsIn(text('ample.com'))).toEqual([
      '1:78 applications.shop.session.cookie.domain: Browsers refuse "ample.com": the host of the application is not in it.',
    ])
  })

  it.each([
    ['{ shop: { session: { cookie: { name: a } }, client: { cookie: { name: a } } } }', 'applications.shop.client'],
    [
      '{ shop: { session: {} }, blog: { mount: /b, session: { cookie: { name: shop_sid, path: / } } } }',
      'applications.blog.session',
    ],
    [
      '{ shop: { host: a.x.com, session: { cookie: { name: s, domain: x.com } } }, blog: { host: b.x.com, session: { cookie: { name: s, domain: x.com } } } }',
      'applications.blog.session',
    ],
  ])('two scopes may not share one: %s', async (text, path) => {
    const { problems } = await errorOf(
      load(`applications: ${text}`, { applications: text.includes('blog') ? ['shop', 'blog'] : ['shop'] }),
    )
    expect(problems).toMatchObject([{ path: `${path}.cookie.name` }])
  })

  it('two scopes may share a name on different paths or hosts', async () => {
    const text = `
      applications:
        shop: { host: a.com, session: { cookie: { name: s } } }
        blog: { host: b.com, session: { cookie: { name: s } }, client: { cookie: { name: s, path: /blog } } }`
    await expect(load(text, { applications: ['shop', 'blog'] })).resolves.toBeDefined()
  })
})
