import { describe, expect, it } from 'vitest'
import { isLoopback } from '../../src/config/loopback.js'
import { masked } from '../../src/config/masked.js'
import { errorOf, load, problemsIn } from './loading.js'

const shop = 'applications: { shop: {} }\n'
const token = 'a-token-of-25-characters!'

describe('admin:', () => {
  it('is off unless it is declared', async () => {
    expect((await load(shop)).admin).toBeUndefined()
    expect((await load(`admin: false\n${shop}`)).admin).toBeUndefined()
  })

  it.each(['admin:', 'admin: {}', `admin: { token: "\${ADMIN_TOKEN:-}" }`])(
    'is on with all defaults: %s',
    async (text) => {
      expect((await load(`${text}\n${shop}`)).admin).toEqual({ host: '127.0.0.1', port: 9090, hosts: [] })
    },
  )

  it('takes a token from the environment', async () => {
    const { admin } = await load(`admin: { token: "\${ADMIN_TOKEN:-}", hosts: [Admin.Example.COM] }\n${shop}`, {
      env: { ADMIN_TOKEN: token },
    })
    expect(admin).toMatchObject({ token, hosts: ['admin.example.com'] })
  })

  it('refuses a token that can be guessed, without showing it', async () => {
    const { message } = await errorOf(load(`admin: { token: Tr0ub4dor }\n${shop}`))
    expect(message).toContain('admin.token: *** has fewer than 16 characters, which can be guessed.')
    expect(message).not.toContain('Tr0ub4dor')
  })

  it('refuses an address of other machines without a token', async () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'node-1'])
      expect(await problemsIn(`admin: { host: "${host}" }\n${shop}`)).toEqual([
        `1:16 admin.host: "${host}" can be reached from other machines, and no token is configured.`,
      ])
    expect((await load(`admin: { host: 0.0.0.0, token: ${token} }\n${shop}`)).admin?.host).toBe('0.0.0.0')
  })

  it('refuses the port of the server, a host with a scheme, and keys that it does not know', async () => {
    expect(await problemsIn(`admin: { hosts: ["https://a.example"], tokn: x }\n${shop}`)).toEqual([
      '1:18 admin.hosts[0]: "https://a.example" is not accepted: a host has neither scheme nor port.',
      '1:40 admin.tokn: This key is not known here.',
    ])
    expect(await problemsIn(`server: { port: 9090 }\nadmin: {}\n${shop}`)).toEqual([
      '2:1 admin.port: the default is the port of the server too.',
    ])
  })

  it('shows its token in no other message either', async () => {
    const { message } = await errorOf(
      load(`admin: { token: ${token} }\nserver: { host: "", environment: ${token}, port: no }\n${shop}`),
    )
    expect(message).not.toContain(token)
  })
})

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost', 'LOCALHOST'])('knows %s', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each(['0.0.0.0', '::', '128.0.0.1', '::2', 'localhost.example.com', '127.0.0.1.example.com'])(
    'refuses %s',
    (host) => {
      expect(isLoopback(host)).toBe(false)
    },
  )
})

describe('masked', () => {
  const shown = (options: unknown) => masked({ caches: { shared: { driver: 'redis', options } } })
  const inCache = (options: unknown) => ({ caches: { shared: { driver: 'redis', options } } })

  it('keeps what is no secret, and names what is not plain', () => {
    const options = { path: './data', many: [1, true, null], long: 'x'.repeat(300), by: new (class Pool {})() }
    expect(shown(options)).toEqual(inCache({ ...options, by: '[Pool]' }))
    expect(masked(new Map([['shop', { timeoutMs: 1 }]]))).toEqual({ shop: { timeoutMs: 1 } })
  })

  it.each([
    ['redis://127.0.0.1:6379/1', 'redis://127.0.0.1:6379/1'],
    ['redis://anna:s3cret@db.example:6379', 'redis://***@db.example:6379'],
    ['redis://anna:s3/cr@et@db.example', 'redis://***@db.example'],
    ['postgres://db/shop?password=s3cret', 'postgres://***'],
    ['anna:s3cret', '***'],
  ])('shows the address of %s only', (url, expected) => {
    expect(shown({ url })).toEqual(inCache({ url: expected }))
  })

  it('masks what has the name of a secret, at any depth', () => {
    const secret = {
      password: 'a',
      keys: ['b'],
      tls: { key: 'c' },
      credentials: { user: 'd' },
      accessKey: 'e',
      apiToken: 'f',
    }
    expect(shown(secret)).toEqual(
      inCache({
        password: '***',
        keys: '***',
        tls: { key: '***' },
        credentials: '***',
        accessKey: '***',
        apiToken: '***',
      }),
    )
    expect(masked({ admin: { token } })).toEqual({ admin: { token: '***' } })
  })
})
