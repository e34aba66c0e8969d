import { describe, expect, it } from 'vitest'
import { checkOrigin, checkOrigins } from '../../src/http/origin.js'

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

  it.each([['*'], ['app.example'], ['https://app.example/'], ['https://app.example/chat'], [''], [1], ['null']])(
    'cannot be named as %j',
    (origin) => {
      expect(() => checkOrigins([origin])).toThrow(TypeError)
    },
  )
})
