import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/codec/create.js'

class Cart {
  readonly items = []
}
class Late extends Date {}

const codec = createCodec()
const nested = (levels: number, wrap: (value: unknown) => unknown) => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = wrap(value)
  return value
}
const hidden = Object.defineProperty({ a: 1 }, 'secret', { value: 1 })
const sparse = [1, 2, 3]
delete sparse[1]
function argumentsOf(..._: unknown[]): unknown {
  // biome-ignore lint/complexity/noArguments: the arguments object itself is what is tested
  return arguments
}

const twoBytes = new ArrayBuffer(2)
const positioned = (lastIndex: unknown) => Object.assign(/x/g, { lastIndex })

const refused: readonly (readonly [value: unknown, path: string, reason: string])[] = [
  [{ cart: [0, { onClick() {} }] }, '.cart[1].onClick', 'a function'],
  [{ 'gift wrap': { 'x-y': Symbol('s') } }, '["gift wrap"]["x-y"]', 'a symbol'],
  [class {}, '', 'a function'],
  [[Promise.resolve()], '[0]', 'a promise'],
  [{ cart: new Cart() }, '.cart', 'an instance of the unregistered class Cart'],
  [new (class {})(), '', 'an instance of an unregistered class without a name'],
  [new Late(), '', 'an instance of the unregistered class Late'],
  [Object.create({}), '', 'an object with a prototype of its own'],
  [{ at: new Date(Number.NaN) }, '.at', 'an invalid Date'],
  [new TypeError('x'), '', 'a TypeError'],
  [Buffer.from('x'), '', 'a Buffer'],
  [new ArrayBuffer(1), '', 'an ArrayBuffer'],
  [new DataView(new ArrayBuffer(1)), '', 'a DataView'],
  [new BigInt64Array(1), '', 'a BigInt64Array'],
  [new Float64Array([1, Number.NaN]), '[1]', 'NaN in a typed array'],
  [new Float32Array([-0]), '[0]', '-0 in a typed array'],
  [new WeakMap(), '', 'a WeakMap'],
  [new URLSearchParams(), '', 'a URLSearchParams'],
  [Object(1), '', 'a Number object'],
  [Object(1n), '', 'a BigInt object'],
  [Object(Symbol('s')), '', 'a Symbol object'],
  [Object(true), '', 'a Boolean object'],
  [{ at: new Error('x', { cause: 1 }) }, '.at', 'an Error'],
  [10n ** 5_000n, '', 'a BigInt of more than 5000 digits'],
  [[-(10n ** 5_000n)], '[0]', 'a BigInt of more than 5000 digits'],
  [{ re: positioned(0.5) }, '.re.lastIndex', 'the lastIndex 0.5 of a RegExp'],
  [{ re: positioned('1') }, '.re.lastIndex', 'the lastIndex 1 of a RegExp'],
  [new RegExp('x'.repeat(10_001)), '', 'a RegExp of more than 10000 characters'],
  [
    { a: new Int8Array(twoBytes, 0, 2), b: new Int8Array(twoBytes, 1, 1) },
    '.b',
    'a typed array on the bytes of another one',
  ],
  [new Int8Array(new SharedArrayBuffer(1)), '', 'a typed array on a SharedArrayBuffer'],
  [new Proxy(new Cart(), {}), '', 'an instance of the unregistered class Cart'],
  [Object('x'), '', 'a String object'],
  [sparse, '', 'a sparse array'],
  [
    {
      get total() {
        return 1
      },
    },
    '.total',
    'an accessor property',
  ],
  [{ set total(_: number) {} }, '.total', 'an accessor property'],
  [hidden, '.secret', 'a non-enumerable field'],
  [{ [Symbol('key')]: 1 }, '[Symbol(key)]', 'a field named by a symbol'],
  [argumentsOf(1), '.length', 'a non-enumerable field'],
  ['ab'.match(/b/), '.index', 'a field added to an Array'],
  [Object.assign(new Map(), { extra: 1 }), '.extra', 'a field added to a Map'],
  [Object.assign(new Date(), { extra: 1 }), '.extra', 'a field added to a Date'],
  [Object.assign(/x/, { extra: 1 }), '.extra', 'a field added to a RegExp'],
  [Object.assign(new Uint8Array(2), { extra: 1 }), '.extra', 'a field added to a Uint8Array'],
  [new Map([['eur', { format() {} }]]), '.get("eur").format', 'a function'],
  [new Map([[{ f() {} }, 1]]), '.keys()[0].f', 'a function'],
  [new Map([[null, () => 1]]), '.values()[0]', 'a function'],
  [new Set([1, () => 1]), '.values()[1]', 'a function'],
  [Object.create(Array.prototype), '', 'an Array'],
]

describe('refusal', () => {
  it.each(refused)('%# names the part and says what it is: %s', (value, path, reason) => {
    expect(() => codec.encode(value, 'session.x')).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_STORABLE', details: { path: `session.x${path}`, reason } }),
    )
  })

  it('looks at what comes after a repeated object, too', () => {
    const shared = { a: 1 }
    expect(() => codec.encode([shared, shared, () => 1], 'x')).toThrow('x[2]: a function cannot be stored.')
  })

  it('refuses an object that only pretends to be a Date', () => {
    expect(() => codec.encode(Object.create(Date.prototype), 'x')).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_STORABLE', cause: expect.any(TypeError) }),
    )
  })

  it.each([[501], [100_000]])('refuses %i levels instead of overflowing the stack', (levels) => {
    for (const wrap of [(v: unknown) => [v], (v: unknown) => ({ v }), (v: unknown) => new Map([[1, v]])]) {
      expect(() => codec.encode(nested(levels, wrap), 'x')).toThrow('a value nested deeper than 500 levels cannot be')
    }
  })

  it('keeps the message about a deep part short', () => {
    expect(() =>
      codec.encode(
        nested(501, (v) => [v]),
        'x',
      ),
    ).toThrow(/^x(\[0\]){20}…: /)
  })
})
