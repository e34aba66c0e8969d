import type { ConnectionOptions, PeerCertificate } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { postgres } from '../../src/drivers/postgres/index.js'
import { postgresOptions } from '../../src/drivers/postgres/options.js'
import { listeningServers, serversOf } from '../../src/drivers/postgres/servers.js'

const environment = { cache: 'shared', directory: '/', onEvicted() {} }
const parsed = (options: object) => postgresOptions.parse(options)
const settingsOf = (options: object) => serversOf(parsed(options), environment).settings
/** The parts of the settings that the options decide. */
const placesOf = (options: object) => settingsOf(options).map(({ host, port }) => ({ host, port }))
const accessOf = (options: object) =>
  settingsOf(options).map(({ user, database, password }) => ({ user, database, password }))[0]
const mistakesIn = (options: object) =>
  postgresOptions.safeParse(options).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('the options of the driver postgres', () => {
  it('name a server on this host unless they say otherwise', () => {
    expect(settingsOf({})).toEqual([
      {
        host: '127.0.0.1',
        port: 5432,
        user: 'postgres',
        database: 'postgres',
        ssl: false,
        pipeline: true,
        timeoutMs: 5_000,
        keepAlive: true,
        application_name: 'koa-scopes',
      },
    ])
    const defaults = { prefix: 'scopes:', schema: 'scopes', migrate: 'auto', connections: 4, pooler: 'none' }
    expect(parsed({})).toEqual(defaults)
  })

  it.each(['postgres', 'postgresql'])('name it by a URL of %s, whose parts are decoded', (protocol) => {
    const url = `${protocol}://shop:p%40ss@db.example.com:5433/the%20shop`
    expect(placesOf({ url })).toEqual([{ host: 'db.example.com', port: 5433 }])
    expect(accessOf({ url })).toEqual({ user: 'shop', password: 'p@ss', database: 'the shop' })
    expect(placesOf({ url: `${protocol}://[::1]/shop` })).toEqual([{ host: '::1', port: 5432 }])
  })

  it('take the database from the user where none is named', () => {
    expect(accessOf({ url: 'postgres://shop@db' })).toEqual({ user: 'shop', database: 'shop', password: undefined })
    expect(accessOf({ username: 'shop' })).toMatchObject({ database: 'shop' })
  })

  it('may keep the password and the database out of the URL', () => {
    const options = { url: 'postgres://db', username: 'shop', password: 'secret', database: 'store' }
    expect(accessOf(options)).toEqual({ user: 'shop', password: 'secret', database: 'store' })
  })

  it('name it by host and port, by a socket, or several servers', () => {
    expect(placesOf({ host: 'db', port: 5433 })).toEqual([{ host: 'db', port: 5433 }])
    expect(placesOf({ socket: '/run/postgresql' })).toEqual([{ host: '/run/postgresql', port: undefined }])
    expect(placesOf({ hosts: ['a:5432', '[::1]:5433'] })).toEqual([
      { host: 'a', port: 5432 },
      { host: '::1', port: 5433 },
    ])
  })

  it.each(['require', 'verify-ca', 'verify-full'])('ask for a verified certificate with sslmode=%s', (mode) => {
    const [settings] = settingsOf({ url: `postgres://db/shop?sslmode=${mode}` })
    expect(settings?.ssl).toEqual({})
  })

  it('ask for none with sslmode=disable, and without it', () => {
    for (const url of ['postgres://db/shop?sslmode=disable', 'postgres://db/shop'])
      expect(settingsOf({ url })[0]?.ssl).toBe(false)
  })

  it('name what the certificate must be for, which is the host unless they say otherwise', () => {
    expect(settingsOf({ host: 'db', tls: true })[0]?.ssl).toEqual({}) // pg compares it with the host
    const [settings] = settingsOf({ host: 'db', tls: { servername: 'other' } })
    const { checkServerIdentity: check = () => undefined } = (settings?.ssl ?? {}) as ConnectionOptions
    const certificateOf = (name: string) => ({ subject: { CN: name } }) as PeerCertificate
    expect(check('db', certificateOf('other'))).toBe(undefined)
    expect(check('db', certificateOf('db'))).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    expect(serversOf(parsed({ host: 'db', tls: true }), environment).where).toBe('db:5432 over TLS')
  })

  it('refuse files of TLS that do not exist, when the driver is made', () => {
    expect(() => settingsOf({ tls: { ca: './nowhere.pem' } })).toThrow(
      expect.objectContaining({ code: 'STORAGE_UNUSABLE', message: expect.stringContaining('/nowhere.pem') }),
    )
  })

  it('have notices, but not through a pooler, unless the server to listen to is named', () => {
    const noticesOf = (options: object) => {
      const { capabilities } = postgres
      return (typeof capabilities === 'function' ? capabilities(parsed(options)) : capabilities).notices
    }
    const listen = 'postgres://listener:secret@server:5433/shop'
    expect(noticesOf({})).toBe('all')
    expect(noticesOf({ pooler: 'transaction' })).toBe('none')
    expect(noticesOf({ pooler: 'transaction', listen })).toBe('all')
    expect(listeningServers(parsed({}), environment)).toBe(undefined)
    const listening = listeningServers(parsed({ pooler: 'transaction', listen, hosts: ['a:6432'] }), environment)
    expect(listening?.settings).toMatchObject([
      { host: 'server', port: 5433, user: 'listener', password: 'secret', database: 'shop' },
    ])
  })

  it('listen as the user of the statements unless the URL names another one', () => {
    const options = { host: 'pooler', username: 'shop', password: 'secret', database: 'store', pooler: 'transaction' }
    const listening = listeningServers(parsed({ ...options, listen: 'postgres://server' }), environment)
    expect(listening?.settings).toMatchObject([{ host: 'server', user: 'shop', password: 'secret', database: 'store' }])
  })

  it('are refused when they name the server in two ways', () => {
    expect(mistakesIn({ url: 'postgres://db/shop', host: 'db' })).toEqual(['host: cannot be combined with url'])
    expect(mistakesIn({ socket: '/run/postgresql', port: 5433 })).toEqual(['port: cannot be combined with socket'])
  })

  it('are refused when the URL and a key beside it say the same thing', () => {
    const url = 'postgres://shop:secret@db:5433/shop'
    expect(mistakesIn({ url, port: 5433, username: 'shop', password: 'other', database: 'shop' })).toEqual([
      'port: is in the url too',
      'username: is in the url too',
      'password: is in the url too',
      'database: is in the url too',
    ])
  })

  it.each([
    [{ url: 'postgres://db/shop?sslmode=prefer' }, 'url', 'sslmode=disable|require|verify-ca|verify-full'],
    [{ url: 'postgres://db/shop?options=-c' }, 'url', 'channel_binding are known'],
    [{ url: 'postgres://db/shop?sslmode=require', tls: false }, 'tls', 'Write it in one place.'],
    [{ url: 'postgres://db/shop?sslmode=disable', tls: true }, 'tls', 'Write it in one place.'],
    [{ listen: 'postgres://db/shop' }, 'listen', 'without a pooler the server itself is listened to'],
    [{ listen: 'postgres://db?application_name=x', pooler: 'transaction' }, 'listen', 'sslmode'],
    [{ listen: 'postgres://u:100%@db', pooler: 'transaction' }, 'listen', 'as %40'],
    [{ url: 'postgres://u:100%@db/shop' }, 'url', 'as %40'],
    [{ hosts: ['db:70000'] }, 'hosts.0', 'Write it as in 10.0.0.1:5432.'],
  ])('are refused with a remedy: %j', (options, key, remedy) => {
    const [issue] = postgresOptions.safeParse(options).error?.issues ?? []
    expect(issue?.path.join('.')).toBe(key)
    expect(issue).toMatchObject({ params: { remedy: expect.stringContaining(remedy) } })
  })

  it.each([
    { port: 100_000 },
    { port: 0 },
    { url: 'postgres://db:99999/shop' },
    { url: 'http://db/shop' },
    { url: 'mysql://db/shop' },
    { url: 'db' },
    { host: '' },
    { socket: 'run/postgresql' },
    { hosts: [] },
    { hosts: ['db'] },
    { hosts: ['db:5432'], port: 5432 },
    { database: 'x'.repeat(64) },
    { prefix: '{shop}' },
    { prefix: 'x'.repeat(65) },
    { schema: 'Shop' },
    { schema: '' },
    { schema: '1shop' },
    { schema: 'a"b' },
    { schema: 'x'.repeat(64) },
    { migrate: 'never' },
    { connections: 0 },
    { connections: 65 },
    { pooler: 'session' },
    { unknown: true },
  ])('are refused: %j', (options) => {
    expect(mistakesIn(options)?.length).toBeGreaterThan(0)
  })
})
