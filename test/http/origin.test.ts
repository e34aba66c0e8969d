import { describe, expect, it } from 'vitest'
import { checkOrigin, originsIn } from '../../src/http/origin.js'

const none = { origins: [], requireOrigin: false }
const asked = { origin: undefined, site: undefined, host: 'shop.example', secure: false }

describe('the origin of a live connection', () => {
  it.each([
    ['https://shop.example', 'shop.example', true],
    ['https://shop.example', 'shop.example', false],
    ['https://SHOP.example', 'shop.EXAMPLE', true],
    ['https://shop.example', 'shop.example:443', true],
    ['http://shop.example', 'shop.example:80', false],
    ['http://127.0.0.1:8080', '127.0.0.1:8080', false],
    ['http://[::1]:8080', '[::1]:8080', false],
  ])('%s may connect to %s', (origin, host, secure) => {
    expect(() => checkOrigin({ ...asked, origin, host, secure }, none)).not.toThrow()
  })

  it.each([
    ['http://shop.example', 'shop.example', true],
    ['https://shop.example', 'shop.example:8443', true],
    ['https://shop.example:8443', 'shop.example', true],
    ['https://shop.example, https://shop.example', 'shop.example', true],
    ['https://shop.example.evil', 'shop.example', false],
    ['https://evil/shop.example', 'shop.example', false],
    ['https://shop.example@evil', 'shop.example', false],
    ['file://', '', false],
    ['null', '', false],
    ['', '', false],
    ['http://', '', false],
    ['chrome-extension://shop.example', 'shop.example', false],
  ])('%j may not connect to %j', (origin, host, secure) => {
    expect(() => checkOrigin({ ...asked, origin, host, secure }, none)).toThrow(/^A live connection to/)
  })

  it('may be missing, unless a browser says that another site asked, or an Origin is required', () => {
    for (const site of [undefined, 'none', 'same-origin'])
      expect(() => checkOrigin({ ...asked, site }, none)).not.toThrow()
    for (const site of ['cross-site', 'same-site', 'anything'])
      expect(() => checkOrigin({ ...asked, site }, none)).toThrow()
    expect(() => checkOrigin(asked, { ...none, requireOrigin: true })).toThrow()
  })

  it('may be one that is named, whole', () => {
    const rules = { ...none, origins: ['https://app.example'] }
    expect(() => checkOrigin({ ...asked, origin: 'https://app.example' }, rules)).not.toThrow()
    for (const origin of ['https://app.example.evil', 'https://app.example:8443', 'http://app.example'])
      expect(() => checkOrigin({ ...asked, origin }, rules)).toThrow()
  })

  it.each([
    ['*', 'there is no wildcard: name each origin, as in https://app.example.com'],
    ['app.example', 'write it as in https://app.example'],
    ['https://app.example/', 'write it as in https://app.example'],
    ['https://app.example/chat', 'write it as in https://app.example'],
    ['https://app.example:443', 'write it as in https://app.example'],
    ['', 'write it as in https://app.example.com'],
    [1, 'write it as in https://app.example.com'],
    ['null', 'write it as in https://null'],
  ])('cannot be named as %j', (origin, advice) => {
    const message = `${JSON.stringify(origin)} in the origins of connect() is no origin; ${advice}`
    expect(() => originsIn('connect()', [origin])).toThrow(new TypeError(message))
  })

  it('is named in an array, in letters of any case', () => {
    expect(originsIn('connect()', ['https://APP.example', 'http://app.example:8080'])).toEqual([
      'https://app.example',
      'http://app.example:8080',
    ])
    for (const origins of ['https://app.example', null, new Set()])
      expect(() => originsIn('connect()', origins)).toThrow(/are an array/)
  })
})
