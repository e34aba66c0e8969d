import { describe, expect, test } from 'vitest'
import { CookieJar } from '../../src/testing/cookie-jar.js'

const page = { host: 'shop.test', path: '/', method: 'GET', isCrossSite: false }

/** A jar that was sent these lines by pages of shop.test at the time 0. */
function jarOf(...lines: readonly string[]): CookieJar {
  const jar = new CookieJar()
  jar.keep(lines, page, 0)
  return jar
}

describe('a cookie jar', () => {
  test('sends what it was sent, the newest value of each name', () => {
    expect(jarOf('a=1', 'b=x=y; HttpOnly; Secure', 'a=2').headerFor(page, 0)).toBe('a=2; b=x=y')
    expect(jarOf().headerFor(page, 0)).toBeUndefined()
  })

  test('drops a cookie at its Max-Age and not before', () => {
    const jar = jarOf('a=1; Max-Age=10')
    expect(jar.headerFor(page, 9_999)).toBe('a=1')
    expect(jar.headerFor(page, 10_000)).toBeUndefined()
    expect(jar.valuesBy(10_000)).toEqual({})
  })

  test('drops a cookie at its Expires, which counts only without Max-Age', () => {
    const expires = `Expires=${new Date(5_000).toUTCString()}`
    expect(jarOf(`a=1; ${expires}`).headerFor(page, 4_999)).toBe('a=1')
    expect(jarOf(`a=1; ${expires}`).headerFor(page, 5_000)).toBeUndefined()
    expect(jarOf(`a=1; ${expires}; Max-Age=60`).headerFor(page, 5_000)).toBe('a=1')
  })

  test.each(['Max-Age=0', 'Max-Age=-1', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'])(
    'clears a cookie with %s',
    (clearing) => {
      const jar = jarOf('a=1', 'b=2', `a=; ${clearing}`)
      expect(jar.headerFor(page, 0)).toBe('b=2')
    },
  )

  test('keeps cookies of one name and different paths apart, and sends the longer path first', () => {
    const jar = jarOf('a=1', 'a=2; Path=/shop')
    const at = (path: string) => jar.headerFor({ ...page, path }, 0)
    expect(at('/shop')).toBe('a=2; a=1')
    expect(at('/shop/cart')).toBe('a=2; a=1')
    expect(at('/shopping')).toBe('a=1')
    jar.keep(['a=; Max-Age=0; Path=/shop'], page, 0)
    expect(at('/shop')).toBe('a=1')
  })

  test('gives a cookie without a path the folder of the page that set it', () => {
    const jar = new CookieJar()
    jar.keep(['a=1'], { host: 'shop.test', path: '/account/login' }, 0)
    expect(jar.headerFor({ ...page, path: '/account/orders' }, 0)).toBe('a=1')
    expect(jar.headerFor(page, 0)).toBeUndefined()
  })

  test('sends a cookie to its host alone, and with a Domain to the hosts below it', () => {
    const jar = jarOf('own=1; Path=/')
    jar.keep(['wide=1; Path=/; Domain=.Shop.test'], { host: 'www.shop.test', path: '/' }, 0)
    const to = (host: string) => jar.headerFor({ ...page, host }, 0)
    expect(to('shop.test')).toBe('own=1; wide=1')
    expect(to('www.shop.test')).toBe('wide=1')
    expect(to('othershop.test')).toBeUndefined()
  })

  test('refuses a cookie of another domain, which a browser would drop in silence', () => {
    expect(() => jarOf('a=1; Domain=example.com')).toThrow(
      "The cookie a is for the domain example.com, and this visitor asks shop.test, so a browser would drop it. Name the host: visitor(site, { host: 'www.example.com' })",
    )
  })

  test.each([
    ['__Host-a=1; Path=/', 'is not Secure'],
    ['__host-a=1; Path=/shop; Secure', 'has a Domain, or another Path than /'],
    ['__Host-a=1; Path=/; Secure; Domain=shop.test', 'has a Domain, or another Path than /'],
    ['__Secure-a=1', 'is not Secure'],
    ['a=1; SameSite=None', 'is SameSite=None and not Secure'],
  ])('refuses %s, which a browser drops', (line, reason) => {
    expect(() => jarOf(line)).toThrow(`${reason}, so a browser would drop it`)
  })

  test('keeps what has a prefix by its rules, and the cookies beside one that it refuses; no name is no cookie', () => {
    const jar = jarOf('__Host-a=1; Path=/; Secure', '__Secure-b=2; Secure', '', '=x')
    expect(() => jar.keep(['c=3; Domain=example.com', 'd=4', 'e=5; Domain=example.org'], page, 0)).toThrow(
      /The cookie c is for.*\nThe cookie e is for/,
    )
    expect(jar.headerFor(page, 0)).toBe('__Host-a=1; __Secure-b=2; d=4')
  })

  test('sends to a request that another site makes what SameSite allows', () => {
    const jar = jarOf('strict=1; SameSite=Strict', 'lax=1; SameSite=Lax', 'none=1; SameSite=None; Secure', 'silent=1')
    const crossing = { ...page, isCrossSite: true }
    expect(jar.headerFor(crossing, 0)).toBe('lax=1; none=1; silent=1')
    expect(jar.headerFor({ ...crossing, method: 'POST' }, 0)).toBe('none=1')
  })

  test('drops the cookies of a browser session when the browser is closed', () => {
    const jar = jarOf('a=1', 'b=2; Max-Age=10')
    jar.endSession()
    expect(jar.headerFor(page, 0)).toBe('b=2')
  })

  test('makes a copy that goes its own way', () => {
    const jar = jarOf('a=1')
    const copy = jar.copy()
    copy.keep(['a=2'], page, 0)
    expect([jar.headerFor(page, 0), copy.headerFor(page, 0)]).toEqual(['a=1', 'a=2'])
  })
})
