import { describe, expect, it } from 'vitest'
import { accessOf, placesOf } from '../../src/drivers/mariadb/address.js'
import { mariadbOptions } from '../../src/drivers/mariadb/options.js'

const database = 'shop'
const parsed = (options: object) => mariadbOptions.parse(options)
const mistakesIn = (options: object) =>
  mariadbOptions.safeParse(options).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('the options of the driver mariadb', () => {
  it('name a server on this host unless they say otherwise', () => {
    const options = parsed({ database })
    expect(placesOf(options)).toEqual([{ host: '127.0.0.1', port: 3306 }])
    expect(accessOf(options)).toEqual({ user: 'root', database })
    expect(options).toMatchObject({ prefix: 'scopes:', tables: 'scopes_', migrate: 'auto', connections: 4 })
  })

  it.each(['mariadb', 'mysql'])('name it by a URL of %s, whose parts are decoded', (protocol) => {
    const options = parsed({ url: `${protocol}://shop:p%40ss@db.example.com:3307/the%20shop` })
    expect(placesOf(options)).toEqual([{ host: 'db.example.com', port: 3307 }])
    expect(accessOf(options)).toEqual({ user: 'shop', password: 'p@ss', database: 'the shop' })
    expect(placesOf(parsed({ url: `${protocol}://[::1]/shop` }))).toEqual([{ host: '::1', port: 3306 }])
  })

  it('may keep the password and the database out of the URL', () => {
    expect(accessOf(parsed({ url: 'mariadb://db', username: 'shop', password: 'secret', database }))).toEqual({
      user: 'shop',
      password: 'secret',
      database,
    })
  })

  it('name it by host and port, by a socket, or several servers', () => {
    expect(placesOf(parsed({ host: 'db', port: 3307, database }))).toEqual([{ host: 'db', port: 3307 }])
    expect(placesOf(parsed({ socket: '/run/mysqld/mysqld.sock', database }))).toEqual([
      { path: '/run/mysqld/mysqld.sock' },
    ])
    expect(placesOf(parsed({ hosts: ['a:3306', '[::1]:3307'], database }))).toEqual([
      { host: 'a', port: 3306 },
      { host: '::1', port: 3307 },
    ])
  })

  it('are refused when they name it in two ways', () => {
    expect(mistakesIn({ url: 'mariadb://db/shop', host: 'db' })).toEqual(['host: cannot be combined with url'])
  })

  it('are refused when the URL and a key beside it say the same thing', () => {
    const url = 'mariadb://shop:secret@db:3307/shop'
    expect(mistakesIn({ url, port: 3307, username: 'shop', password: 'other', database })).toEqual([
      'port: is in the url too',
      'username: is in the url too',
      'password: is in the url too',
      'database: is in the url too',
    ])
  })

  it('are refused without a database', () => {
    expect(mistakesIn({ url: 'mariadb://db' })).toEqual(['database: is missing'])
  })

  it.each([
    { port: 100_000 },
    { port: 0 },
    { url: 'mariadb://db:99999/shop' },
    { url: 'mariadb://u:100%@db/shop' },
    { url: 'http://db/shop' },
    { url: 'mariadb://db/shop?ssl=true' },
    { url: 'db' },
    { socket: '/run/mysqld.sock', port: 3306 },
    { hosts: [] },
    { hosts: ['db'] },
    { hosts: ['db:70000'] },
    { hosts: ['db:3306'], port: 3306 },
    { prefix: '{shop}' },
    { prefix: 'x'.repeat(65) },
    { tables: 'Shop_' },
    { tables: '' },
    { tables: '1_' },
    { migrate: 'never' },
    { connections: 0 },
    { connections: 65 },
    { unknown: true },
  ])('are refused: %j', (options) => {
    expect(mistakesIn({ ...('url' in options ? {} : { database }), ...options })?.length).toBeGreaterThan(0)
  })
})
