import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createCodec } from '../../src/codec/create.js'
import { refusalOf } from '../../src/codec/sealing/unopened.js'
import { isScopesError } from '../../src/errors/scopes-error.js'

class Cart {
  readonly items: string[] = []
}

const codec = createCodec({ classes: { Cart } })
const prototypes = [Object.prototype, Array.prototype, Function.prototype, Map.prototype, Cart.prototype]
const members = () =>
  prototypes.flatMap((object) =>
    Reflect.ownKeys(object).flatMap((key) => {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key) ?? {}
      return [key, value, get, set]
    }),
  )
const pristine = members()

afterEach(() => {
  const now = members()
  expect(now).toHaveLength(pristine.length)
  expect(now.every((member, index) => Object.is(member, pristine[index]))).toBe(true)
})

const plain = (text: string) => Buffer.from(`\x01${text}`)
const rich = (payload: unknown) => Buffer.from(`\x02${typeof payload === 'string' ? payload : JSON.stringify(payload)}`)
const withValues = (json: unknown, values: unknown) => rich({ json, meta: { values, v: 1 } })

/** Decodes; anything thrown but VALUE_UNDECODABLE fails the test. */
function attempt(bytes: Uint8Array): unknown {
  try {
    return codec.decode(bytes, 'session.x')
  } catch (error) {
    if (!isScopesError(error, 'VALUE_UNDECODABLE')) throw error
    expect(error.details.path).toBe('session.x')
    if (refusalOf(bytes) === undefined) expect(error.cause).toBeInstanceOf(Error)
    return error
  }
}

const undecodable: readonly (readonly [what: string, bytes: Uint8Array, reason: string])[] = [
  ['nothing', new Uint8Array(), 'it is empty'],
  ['an unknown format', Buffer.from('\x07{}'), 'its format, 7, is not known'],
  ['a format byte and nothing else', plain(''), 'JSON'],
  ['truncated JSON', plain('{"a":[1,'), 'JSON'],
  ['invalid UTF-8', Buffer.from([1, 0x22, 0xff, 0x22]), 'it is not UTF-8'],
  ['a payload that is null', rich('null'), 'null'],
  ['an unknown class', withValues({}, [['class', 'Gone']]), 'its class "Gone" is not registered'],
  ['an unknown custom type', withValues(1, [['custom', 'toString']]), 'its custom type "toString" is not registered'],
  ['an instance made of a list', withValues([1], [['class', 'Cart']]), 'its Cart has no fields'],
  ['an instance made of a text', withValues('x', [['class', 'koa-scopes/bare']]), 'has no fields'],
  ['an unknown annotation', withValues(1, ['Date2']), 'something that is never stored: "Date2"'],
  ['a Map made of something else', withValues(1, ['map']), 'it lacks a list'],
  ['an invalid Date', withValues('soon', ['Date']), 'it holds an invalid Date'],
  ['an invalid RegExp', withValues('/(/', ['regexp']), 'Invalid regular expression'],
  [
    'an Error, which is never stored',
    withValues({ message: 'x' }, ['Error']),
    'it holds something that is never stored: "Error"',
  ],
  [
    'a reference to nothing',
    withValues([{ number: 9 }], { 0: [['class', 'koa-scopes/repeat']] }),
    'it refers to a part',
  ],
  ['a typed array of a billion', withValues(1e9, [['typed-array', 'Uint8Array']]), 'it lacks a list'],
  [
    '70. a typed array that says its length',
    rich('{"json":{"length":3e8},"meta":{"values":[["typed-array","Float64Array"]],"v":1}}'),
    'it lacks a list',
  ],
  [
    '70. a typed array of a class that has a length',
    withValues({ a: { length: 3e8 } }, { a: [['class', 'Cart']], 'a.': [['typed-array', 'Float64Array']] }),
    'it annotates what it does not hold',
  ],
  ['70. a typed array of lists', withValues([[1, 2]], [['typed-array', 'Uint8Array']]), 'a typed array that is never'],
  [
    '70. a typed array of what it cannot hold',
    withValues([1e300], [['typed-array', 'Float32Array']]),
    'a typed array that',
  ],
  ['70. an unknown typed array', withValues([1], [['typed-array', 'Array']]), 'a typed array that is never'],
  ['70. a BigInt of 5 million digits', withValues('9'.repeat(5e6), ['bigint']), 'a BigInt of 5000000 digits'],
  ['70. a BigInt in a list', withValues(['9'.repeat(5e6)], ['bigint']), 'it lacks a text'],
  ['70. a RegExp of a million characters', withValues(`/[${'\\p{L}'.repeat(2e5)}]/v`, ['regexp']), 'a RegExp that is'],
  ['70. values nested 501 deep', plain(`${'['.repeat(501)}${']'.repeat(501)}`), 'nested deeper than 500 levels'],
  ['70. values nested 100,000 deep', plain(`${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}`), 'nested deeper than 500'],
  ['an array of a billion', withValues([], { 999999999: ['undefined'] }), 'it annotates what it does not hold'],
  ['a part that is annotated twice', withValues({ a: 'x' }, { a: ['Date', { '': ['Date'] }] }), 'it does not hold'],
  ['a length that is annotated', withValues([1], { length: ['undefined'] }), 'it annotates what it does not hold'],
  ['a path through __proto__', withValues({}, { '__proto__.polluted': ['undefined'] }), 'it does not hold'],
  ['a path through constructor', withValues({}, { 'constructor.prototype.x': ['undefined'] }), 'it does not hold'],
  [
    'annotations nested 100,000 deep',
    rich(`{"json":{},"meta":{"values":${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}}}`),
    '',
  ],
  ['rich values nested 100,000 deep', rich(`{"json":${'['.repeat(1e5)}${']'.repeat(1e5)}}`), 'nested deeper than 500'],
]

describe('hostile bytes', () => {
  it.each(undecodable)('%s: undecodable', (_, bytes, reason) => {
    expect(() => codec.decode(bytes, 'session.x')).toThrow(
      expect.objectContaining({
        code: 'VALUE_UNDECODABLE',
        details: { path: 'session.x', reason: expect.stringContaining(reason) },
      }),
    )
  })

  it('may hold keys named __proto__, which are data', () => {
    const value = attempt(plain('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'))
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
    expect(value).not.toHaveProperty('polluted')
  })

  it.each([
    ['in the values', rich('{"json":{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}}')],
    ['in an instance', rich('{"json":{"__proto__":{"polluted":1}},"meta":{"values":[["class","Cart"]]}}')],
    ['escaped', rich('{"json":{"~__proto__":{"polluted":1}},"meta":{"values":["undefined"]}}')],
    ['as an annotation', rich('{"json":{},"meta":{"values":{"__proto__":{"polluted":["undefined"]}}}}')],
    [
      'in references',
      rich({ json: { a: {} }, meta: { referentialEqualities: { a: ['__proto__.polluted', 'toString.x'] } } }),
    ],
    ['of the payload', rich('{"__proto__":{"json":1,"meta":{"values":["Date"]}}}')],
  ])('with __proto__ %s pollute nothing', (_, bytes) => {
    attempt(bytes)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect((Object.prototype.toString as unknown as Record<string, unknown>).x).toBeUndefined()
  })

  it.each(undecodable)('%s: found out in seconds at most', (_, bytes) => {
    const begun = performance.now()
    attempt(bytes)
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  it('70. whose paths meet cost what their size allows', () => {
    const many = Array.from({ length: 3e4 }, (_, n) => n)
    const meeting = Object.fromEntries(many.map((n) => [`a.${n}`, ['Date']]))
    const deep = `${'{"a":'.repeat(300)}[${'"NaN",'.repeat(3e4)}1]${'}'.repeat(300)}`
    const path = `${'a.'.repeat(299)}a`
    const below = Object.fromEntries(many.map((n) => [`${n}`, ['number']]))
    for (const bytes of [
      withValues({ a: many }, { a: ['set'], ...meeting }),
      withValues({ a: many }, { a: ['set', below] }),
      rich(`{"json":${deep},"meta":{"values":${JSON.stringify({ [path]: ['set', below] })},"v":1}}`),
    ]) {
      const begun = performance.now()
      attempt(bytes)
      expect(performance.now() - begun).toBeLessThan(10_000)
    }
  })

  it('70. nested as deep as allowed are read, and can be written again', () => {
    const value = attempt(plain(`${'['.repeat(500)}${']'.repeat(500)}`))
    expect(codec.decode(codec.encode(value, 'x'), 'x')).toEqual(value)
    expect(attempt(plain(`[${'{},'.repeat(5_000)}"[[["]`))).toHaveLength(5_001)
  })

  it('of 10 MB do not end the process', () => {
    attempt(Buffer.alloc(10 << 20, 2))
    attempt(plain(`"${'x'.repeat(10 << 20)}"`))
    attempt(withValues('9'.repeat(1 << 20), ['bigint']))
  })

  it('of any kind decode to a value or are undecodable', () => {
    const bytes = fc.uint8Array({ maxLength: 60 })
    fc.assert(fc.property(bytes, fc.constantFrom(1, 2), (rest, tag) => void attempt(Uint8Array.of(tag, ...rest))))
    fc.assert(fc.property(fc.json(), fc.json(), (json, meta) => void attempt(rich(`{"json":${json},"meta":${meta}}`))))
  })

  it('70. with annotations that fit or nearly fit decode to a value that can be stored again, or are undecodable', () => {
    const type = fc.constantFrom<unknown>(
      'undefined',
      'number',
      'bigint',
      'Date',
      'regexp',
      'URL',
      'set',
      'map',
      'Error',
      ...['Cart', 'koa-scopes/bare', 'koa-scopes/repeat', 'koa-scopes/regexp'].map((name) => ['class', name]),
      ...['Uint8Array', 'Float64Array'].map((name) => ['typed-array', name]),
    )
    const key = fc.constantFrom('a', 'number', 'text', 'lastIndex', 'length', '__proto__', '0', '1', '~a', '')
    const leaf = fc.constantFrom<unknown>(null, 0, 3e8, 'NaN', '-0', '12', '/a/g', '2026-01-01', 'http://a/', true)
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(key, tie('json'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }))
    const paths = fc.array(key, { minLength: 1, maxLength: 3 }).map((names) => names.join('.'))
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.tuple(type),
        fc.tuple(type, fc.dictionary(paths, tie('tree'), { maxKeys: 3, noNullPrototype: true })),
      ),
    }))
    const values = fc.oneof(tree, fc.dictionary(paths, tree, { maxKeys: 3, noNullPrototype: true }))
    let read = 0
    fc.assert(
      fc.property(json, values, (json, values) => {
        const value = attempt(withValues(json, values))
        if (isScopesError(value, 'VALUE_UNDECODABLE')) return
        read += 1
        const again = codec.encode(value, 'x')
        expect(codec.change(again, codec.decode(again, 'x'), 'x')).toBeUndefined()
      }),
      { numRuns: 5_000 },
    )
    expect(read, 'some fit').toBeGreaterThan(100)
  })

  it('that were cut or changed anywhere decode to a value or are undecodable', () => {
    const bytes = Buffer.from(
      codec.encode({ cart: new Cart(), m: new Map([[1n, new Set([undefined])]]), u: [-0] }, 'x'),
    )
    for (let at = 0; at < bytes.length; at++) {
      attempt(bytes.subarray(0, at))
      const changed = Buffer.from(bytes)
      changed[at] = (bytes[at] ?? 0) ^ 1
      attempt(changed)
    }
  })
})
