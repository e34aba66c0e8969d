import { describe, expect, it } from 'vitest'
import { addressOf } from '../../src/drivers/network/address.js'
import { serverOf } from '../../src/drivers/redis/address.js'
import { redisOptions } from '../../src/drivers/redis/options.js'

const placeOf = (options: object) => serverOf(redisOptions.parse(options))
const mistakesIn = (options: object) =>
  redisOptions.safeParse(options).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('the options of the driver redis', () => {
  it('name a server on this host unless they say otherwise', () => {
    expect(placeOf({})).toEqual({ host: '127.0.0.1', port: 6379, db: 0, tls: false })
  })

  it('name it by a URL, whose parts are decoded', () => {
    expect(placeOf({ url: 'rediss://shop:p%40ss@redis.example.com:6380/2' })).toEqual({
      host: 'redis.example.com',
      port: 6380,
      username: 'shop',
      password: 'p@ss',
      db: 2,
      tls: true,
    })
    expect(placeOf({ url: 'redis://[::1]' })).toMatchObject({ host: '::1', port: 6379, tls: false })
  })

  it('may keep the password out of the URL', () => {
    const server = { host: 'redis', username: 'shop', password: 'secret' }
    expect(placeOf({ url: 'redis://redis', username: 'shop', password: 'secret' })).toMatchObject(server)
  })

  it('name it by host and port, or by a socket', () => {
    expect(placeOf({ host: 'redis', port: 6380, db: 1, tls: true })).toMatchObject({
      host: 'redis',
      port: 6380,
      db: 1,
      tls: true,
    })
    expect(placeOf({ socket: '/run/redis.sock' })).toMatchObject({ path: '/run/redis.sock' })
  })

  it('name nodes as host:port, IPv6 in brackets', () => {
    expect(['redis:7000', '10.0.0.1:7000', '[::1]:7000'].map(addressOf)).toEqual([
      { host: 'redis', port: 7000 },
      { host: '10.0.0.1', port: 7000 },
      { host: '::1', port: 7000 },
    ])
  })

  it('are refused when they name it in two ways', () => {
    expect(mistakesIn({ url: 'redis://redis', host: 'redis' })).toEqual(['host: cannot be combined with url'])
    expect(mistakesIn({ cluster: ['redis:1'], sentinel: { name: 'm', nodes: ['redis:2'] } })?.length).toBe(1)
  })

  it('are refused when the URL and a key beside it say the same thing', () => {
    const url = 'redis://shop:secret@redis:6380/2'
    expect(mistakesIn({ url, port: 6380, username: 'shop', password: 'other', db: 2 })).toEqual([
      'port: is in the url too',
      'username: is in the url too',
      'password: is in the url too',
      'db: is in the url too',
    ])
    expect(mistakesIn({ url: 'rediss://redis', tls: false })).toEqual([
      'tls: contradicts the url, which begins with rediss://',
    ])
    expect(placeOf({ url: 'redis://redis', port: 6380, db: 2, tls: true })).toMatchObject({
      port: 6380,
      db: 2,
      tls: true,
    })
  })

  it.each([
    { cluster: ['redis:70000'] },
    { cluster: ['redis:0'] },
    { sentinel: { name: 'm', nodes: ['redis:99999'] } },
    { port: 100_000 },
    { url: 'redis://redis:99999' },
    { url: 'redis://u:100%@redis' },
    { socket: '/run/redis.sock', port: 6379 },
    { url: 'http://redis' },
    { url: 'redis://redis/sessions' },
    { url: 'redis' },
    { cluster: [] },
    { cluster: ['redis'] },
    { cluster: ['redis:7000'], db: 1 },
    { port: 0 },
    { prefix: '{shop}' },
    { buckets: 0 },
    { unknown: true },
  ])('are refused: %j', (options) => {
    expect(mistakesIn(options)?.length).toBeGreaterThan(0)
  })
})
