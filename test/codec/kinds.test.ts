import { isDeepStrictEqual } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/codec/create.js'

const codec = createCodec()
const roundTrip = <T>(value: T) => codec.decode(codec.encode(value, 'x'), 'x') as T

const positioned = (lastIndex: number) => Object.assign(/a\/[/]/dgimsuy, { lastIndex })
const larger = new Uint8Array([9, 1, 2, 9]).subarray(1, 3)

describe('82. a value comes back equal', () => {
  it.each([
    ['a RegExp with a lastIndex', { re: positioned(3), again: [positioned(2 ** 31), /x/y] }],
    ['typed arrays on parts of a larger buffer', { a: larger, b: new Uint8Array(larger.buffer, 3, 1) }],
    ['the largest BigInts', [10n ** 5_000n - 1n, -(10n ** 5_000n) + 1n]],
    ['-0 everywhere', [-0, { a: -0 }, new Map([[1, -0]])]],
    ['objects without a prototype', Object.assign(Object.create(null), { a: Object.create(null) })],
    ['Maps with objects as keys', new Map<unknown, unknown>([[{ a: 1 }, [new Set([{ b: 2 }])]]])],
    ['frozen, sealed and read-only fields', Object.freeze({ a: Object.seal({ b: 1 }) })],
  ])('%s', (_, value) => {
    const back = roundTrip(value)
    expect(isDeepStrictEqual(back, value)).toBe(true)
    expect(codec.change(codec.encode(value, 'x'), back, 'x')).toBeUndefined()
  })

  it('a RegExp goes on searching where it was', () => {
    const { re } = roundTrip({ re: Object.assign(/a/g, { lastIndex: 2 }) })
    expect([re.lastIndex, re.exec('aaaa')?.index, re.lastIndex]).toEqual([2, 2, 3])
    const bytes = codec.encode(/a/g, 'x')
    expect(codec.change(bytes, Object.assign(/a/g, { lastIndex: 1 }), 'x')).toBeDefined()
  })

  it('the same object twice, a cycle and a shared RegExp come back as such', () => {
    const shared = { n: 1 }
    const value: Record<string, unknown> = { a: shared, b: [shared], re: positioned(1) }
    value.self = value
    value.map = new Map([[value, value.re]])
    const back = roundTrip(value) as {
      a: unknown
      b: unknown[]
      re: unknown
      self: unknown
      map: Map<unknown, unknown>
    }
    expect(back.b[0]).toBe(back.a)
    expect(back.self).toBe(back)
    expect(back.map.get(back)).toBe(back.re)
  })

  it('frozen objects come back as ordinary ones, proxies as what they show', () => {
    expect(Object.isFrozen(roundTrip(Object.freeze({ a: 1 })))).toBe(false)
    const shown = new Proxy(
      { a: 1 },
      {
        get: () => 2,
        getOwnPropertyDescriptor: () => ({ value: 2, enumerable: true, configurable: true, writable: true }),
      },
    )
    expect(roundTrip({ shown })).toEqual({ shown: { a: 2 } })
    expect(roundTrip(new Proxy([1, [2]], {}))).toEqual([1, [2]])
  })

  it('a part of a larger buffer does not bring the buffer along', () => {
    expect(roundTrip(larger).buffer.byteLength).toBe(2)
  })
})

describe('89. what another realm has made', () => {
  const realm = createContext({})
  const made = (source: string) => runInContext(`(${source})`, realm)

  it.each([
    ['an object', '{ a: 1, b: { c: null } }', { a: 1, b: { c: null } }],
    [
      'an object with odd names',
      '{ constructor: 1, toString: 2, ["__proto__"]: new Date(0) }',
      { constructor: 1, toString: 2, ['__proto__']: new Date(0) },
    ],
    ['an array', '[1, [2], {}]', [1, [2], {}]],
    ['a Date', 'new Date(5)', new Date(5)],
    ['a Map', 'new Map([[{ a: 1 }, new Set([1])]])', new Map([[{ a: 1 }, new Set([1])]])],
    ['a Set', 'new Set([[1], new Date(1)])', new Set([[1], new Date(1)])],
    ['a RegExp', '/a\\/b/gu', /a\/b/gu],
    ['a RegExp with a lastIndex', 'Object.assign(/a/g, { lastIndex: 4 })', Object.assign(/a/g, { lastIndex: 4 })],
    [
      'typed arrays',
      '[new Uint8Array([1, 255]), new Float64Array([0.5])]',
      [new Uint8Array([1, 255]), new Float64Array([0.5])],
    ],
    [
      'an object without a prototype',
      'Object.assign(Object.create(null), { a: undefined })',
      Object.assign(Object.create(null), { a: undefined }),
    ],
  ])('%s comes back as its own kind, of this realm', (_, source, value) => {
    const foreign = made(source)
    expect(isDeepStrictEqual(foreign, value), 'it is of another realm').toBe(source.includes('create(null)'))
    expect(isDeepStrictEqual(roundTrip(foreign), value)).toBe(true)
    expect(codec.change(codec.encode(value, 'x'), foreign, 'x'), 'it is no change').toBeUndefined()
  })

  it('is plain JSON where that is enough', () => {
    expect(Buffer.from(codec.encode(made('{ a: [1, { b: 2 }] }'), 'x')).toString()).toBe('\x01{"a":[1,{"b":2}]}')
  })

  it.each([
    ['new TypeError("x")', '', 'a TypeError of another realm'],
    ['{ a: [new Error("x")] }', '.a[0]', 'an Error of another realm'],
    ['Promise.resolve()', '', 'a promise of another realm'],
    ['new ArrayBuffer(1)', '', 'an ArrayBuffer of another realm'],
    ['Object(1)', '', 'a Number object of another realm'],
    ['new WeakMap()', '', 'a WeakMap of another realm'],
    ['new Date(NaN)', '', 'an invalid Date'],
    ['Object.create({})', '', 'an object with a prototype of its own of another realm'],
    ['new (class Cart {})()', '', 'an instance of the unregistered class Cart'],
    ['new (class Late extends Date {})()', '', 'an instance of the unregistered class Late'],
    ['new (class Date {})()', '', 'an instance of the unregistered class Date'],
    ['{ get a() { return 1 } }', '.a', 'an accessor property'],
    ['() => 1', '', 'a function'],
    ['Object.assign([1], { extra: 1 })', '.extra', 'a field added to an Array of another realm'],
  ])('%s is refused, and its realm named', (source, path, reason) => {
    expect(() => codec.encode(made(source), 'session.x')).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_STORABLE', details: { path: `session.x${path}`, reason } }),
    )
  })
})
