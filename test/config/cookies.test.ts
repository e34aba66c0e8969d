import { describe, expect, it } from 'vitest'
import { errorOf, load, problemsIn } from './loading.js'

const cookie = (text: string) => `applications: { shop: { session: { cookie: ${text} } } }`

describe('cookies', () => {
  it.each([
    [
      '{ name: __Host-sid }',
      'name',
      '"__Host-sid" is not accepted: browsers reserve this prefix; hostPrefix: true sets it where it is allowed.',
    ],
    ['{ name: "a;b" }', 'name', '"a;b" is not accepted'],
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
    expect(problems).toMatchObject([
      { path: `applications.shop.session.cookie.${key}`, problem: expect.stringContaining(problem) },
    ])
  })

  it.each([
    '{ sameSite: none }',
    '{ hostPrefix: true }',
    '{ hostPrefix: true, path: /, secure: true }',
    '{ domain: .a.com }',
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
