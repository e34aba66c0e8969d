import { describe, expect, it } from 'vitest'
import { dump } from '../../src/admin/values/bytes.js'
import { described } from '../../src/admin/values/described.js'
import { plain } from '../../src/admin/values/plain.js'
import { tree } from '../../src/admin/values/tree.js'

const wide = { values: 1_000, letters: 1_000, depth: 30 }
const asJson = (value: unknown, limits = wide) => plain(described(value, limits))

describe('a value as JSON', () => {
  it('is itself where it is JSON', () => {
    const value = { cart: ['tea', { count: 2, isNew: true, gone: null }], '': { __proto__: null } }
    expect(asJson(value)).toEqual(value)
    expect(Object.keys(asJson(JSON.parse('{"__proto__": 1, "constructor": 2}')) as object)).toEqual([
      '__proto__',
      'constructor',
    ])
  })

  it('has texts, lists and pairs for what is not', () => {
    class Money {
      readonly amount = 5n
    }
    const date = new Date(Date.UTC(2026, 0, 31))
    expect(
      asJson({
        date,
        map: new Map<unknown, unknown>([[{ a: 1 }, 'b']]),
        set: new Set([1]),
        big: 12n,
        none: undefined,
        odd: [Number.NaN, -0, Number.POSITIVE_INFINITY],
        url: new URL('https://example.com/'),
        expression: /a+/g,
        bytes: new Uint8Array([1, 2]),
        money: new Money(),
        bare: Object.assign(Object.create(null), { a: 1 }),
      }),
    ).toEqual({
      date: '2026-01-31T00:00:00.000Z',
      map: [[{ a: 1 }, 'b']],
      set: [1],
      big: '12',
      none: null,
      odd: ['NaN', -0, 'Infinity'],
      url: 'https://example.com/',
      expression: '/a+/g',
      bytes: [1, 2],
      money: { amount: '5' },
      bare: { a: 1 },
    })
  })

  it('ends where a value contains itself, and within its limits where small bytes mean many values', () => {
    const circle: unknown[] = [1]
    circle.push(circle)
    expect(asJson(circle)).toEqual([1, 'the same as further out'])
    let laughs: unknown[] = ['ha']
    for (let times = 0; times < 40; times++) laughs = [laughs, laughs]
    const counted = (value: unknown): number =>
      Array.isArray(value) ? value.reduce((sum, it) => sum + counted(it), 1) : 1
    expect(counted(asJson(laughs, { values: 500, letters: 10, depth: 100 }))).toBeLessThan(1_000)
    expect(asJson('x'.repeat(20), { ...wide, letters: 5 })).toBe('xxxxx… 15 more characters')
    expect(asJson([1, 2, 3], { ...wide, values: 3 })).toEqual([1, 2, '… 1 more'])
    expect(asJson([[[1]]], { ...wide, depth: 2 })).toEqual([['nested deeper than is shown']])
  })
})

describe('a value as a tree', () => {
  it('has types and sizes, and escapes all texts', () => {
    const text = String(tree(described(new Map<unknown, unknown>([['<b>', ['<i>', 1]]]), wide)))
    expect(text).toContain('1 entry')
    expect(text).toContain('Array, 2 entries')
    expect(text).toContain('string, 3 characters')
    expect(text).toContain('&lt;b&gt;')
    expect(text).not.toMatch(/<b>|<i>/)
  })

  it('names what is empty and what is left out', () => {
    expect(String(tree(described({}, wide)))).toContain('Object, 0 entries')
    expect(String(tree(described('', wide)))).toContain('string, 0 characters')
    expect(String(tree(described(['a', 'b'], { ...wide, values: 2 })))).toContain('… 1 more entries')
  })
})

describe('bytes', () => {
  it('are digits beside their characters; of many, the first 512', () => {
    const text = String(dump(new Uint8Array([0x3c, 0x62, 0x3e, 0, 0xff]), 'cart'))
    expect(text).toContain('3c 62 3e 00 ff')
    expect(text).toContain('&lt;b&gt;··')
    expect(String(dump(new Uint8Array(1_000), 'cart'))).toContain('… 488 bytes more')
  })
})
