import { describe, expect, it } from 'vitest'
import { treeOf } from '../../../src/cli/terminal/tree.js'

describe('a tree', () => {
  it('names types that JSON lacks', () => {
    const value = {
      at: new Date(0),
      big: 12n,
      zero: -0,
      none: undefined,
      nan: Number.NaN,
      re: /a+/g,
      url: new URL('http://a.example/'),
      bytes: new Uint8Array([1, 2]),
      map: new Map<unknown, unknown>([[{ a: 1 }, null]]),
    }
    expect(treeOf('cart', value, 9)).toEqual([
      'cart: Object, 9 fields',
      '  at: Date 1970-01-01T00:00:00.000Z',
      '  big: 12n',
      '  zero: -0',
      '  none: undefined',
      '  nan: NaN',
      '  re: RegExp /a+/g',
      '  url: URL http://a.example/',
      '  bytes: Uint8Array, 2 items',
      '    0: 1',
      '    1: 2',
      '  map: Map, 1 entry',
      '    Object, 1 field: null',
    ])
  })

  it('ends at its depth, at 50 entries, at 200 characters and where a value contains itself', () => {
    expect(treeOf('a', { b: { c: 1 } }, 1)).toEqual(['a: Object, 1 field', '  b: Object, 1 field …'])
    expect(treeOf('a', Array.from({ length: 60 }), 1).slice(-2)).toEqual(['  49: undefined', '  … 10 more'])
    expect(treeOf('a', 'x'.repeat(300), 1)).toEqual([`a: "${'x'.repeat(200)}"… 300 characters`])
    const loop: Record<string, unknown> = {}
    loop.self = loop
    expect(treeOf('a', loop, 99)).toEqual(['a: Object, 1 field', '  self: Object, 1 field, contains itself'])
  })

  it('escapes names and texts of visitors', () => {
    expect(treeOf('a\u001b[2J', { '\n': '\u202e' }, 2)).toEqual([
      'a\\u{1b}[2J: Object, 1 field',
      '  \\u{a}: "\\u{202e}"',
    ])
  })
})
