import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameBytes } from '../../src/codec/bytes.js'
import { createCodec } from '../../src/codec/create.js'
import { RichFormat } from '../../src/codec/rich.js'
import { Survey } from '../../src/codec/survey.js'
import { knownTypes } from '../../src/codec/types.js'

const codec = createCodec()
const roundTrip = (value: unknown) => codec.decode(codec.encode(value, 'value'), 'value')

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    '~constructor',
    '~',
    '',
    'a.b',
    'a\\.b',
    '\\',
    '0',
    '10',
    'toJSON',
    'toString',
  ),
)
const plainLeaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
  fc.boolean(),
  fc.constant(null),
)
const richLeaf = fc.oneof(
  plainLeaf,
  fc.constantFrom(undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(/a\/b[/]\n/giu, /(?:)/, /(?:)/).map((r) => new RegExp(r)),
  fc.uint8Array(),
  fc.float32Array({ noNaN: true, noDefaultInfinity: true }).filter((a) => !a.some((n) => Object.is(n, -0))),
)
const objectOf = (value: fc.Arbitrary<unknown>) => fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: false })
const plainObjectOf = (value: fc.Arbitrary<unknown>) => fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true })

const { plain } = fc.letrec((tie) => ({
  plain: fc.oneof({ maxDepth: 4 }, plainLeaf, plainObjectOf(tie('plain')), fc.array(tie('plain'), { maxLength: 5 })),
}))
const { rich } = fc.letrec((tie) => ({
  rich: fc.oneof(
    { maxDepth: 4 },
    richLeaf,
    objectOf(tie('rich')),
    fc.array(tie('rich'), { maxLength: 5 }),
    fc.array(tie('rich'), { maxLength: 4 }).map((members) => new Set(members)),
    fc.array(fc.tuple(tie('rich'), tie('rich')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
}))

/** Containers that refer to each other at random: shared and circular references everywhere. */
const graph = fc
  .array(fc.tuple(fc.nat(4), fc.array(fc.tuple(key, fc.nat(9)), { maxLength: 4 })), { minLength: 1, maxLength: 8 })
  .map(link)

type Node = Record<string, unknown> | unknown[] | Map<unknown, unknown> | Set<unknown> | Date

function link(plan: [kind: number, edges: [name: string, to: number][]][]): Node[] {
  const nodes = plan.map(([kind]): Node => [{}, [], new Map(), new Set(), new Date(kind)][kind] ?? {})
  for (const [index, from] of nodes.entries()) {
    for (const [name, to] of plan[index]?.[1] ?? []) connect(from, name, nodes[to % nodes.length] ?? from)
  }
  return nodes
}

function connect(from: Node, name: string, to: Node): void {
  if (Array.isArray(from)) from.push(to)
  else if (from instanceof Set) from.add(to)
  else if (from instanceof Map) from.set(name.length % 2 ? name : to, to)
  else if (!(from instanceof Date))
    Object.defineProperty(from, name, { value: to, writable: true, enumerable: true, configurable: true })
}

describe('round trip', () => {
  it('gives back an equal value, whatever it is made of', () => {
    fc.assert(
      fc.property(rich, (value) => isDeepStrictEqual(roundTrip(value), value)),
      { numRuns: 500 },
    )
  })

  it('gives the same bytes again for what it decoded', () => {
    const again = (value: unknown) => sameBytes(codec.encode(roundTrip(value), 'value'), codec.encode(value, 'value'))
    fc.assert(fc.property(rich, again), { numRuns: 500 })
    fc.assert(fc.property(graph, again), { numRuns: 500 })
  })

  it('keeps every shared and circular reference', () => {
    fc.assert(
      fc.property(graph, (value) => isomorphic(roundTrip(value), value)),
      { numRuns: 500 },
    )
  })

  it('gives the same value by both formats', () => {
    const types = knownTypes()
    const format = new RichFormat(types)
    const agree = (value: unknown) =>
      isDeepStrictEqual(format.parse(format.stringify(value, new Map())), roundTrip(value))
    fc.assert(fc.property(plain, agree), { numRuns: 500 })
  })

  it('uses plain JSON where that is enough', () => {
    const survey = (value: unknown) => {
      const it = new Survey(knownTypes(), 'value')
      it.visit(value)
      return it.plain
    }
    fc.assert(fc.property(plain, survey), { numRuns: 200 })
    expect(Buffer.from(codec.encode({ a: [1, 'é', null] }, 'value')).toString()).toBe('\x01{"a":[1,"é",null]}')
  })

  it('marks what needs superjson', () => {
    const bytes = Buffer.from(codec.encode({ at: new Date(0) }, 'value'))
    expect(bytes.toString()).toBe(
      '\x02{"json":{"at":"1970-01-01T00:00:00.000Z"},"meta":{"values":{"at":["Date"]},"v":1}}',
    )
  })

  it('carries URLs', () => {
    expect(roundTrip({ link: new URL('https://example.com/ä?q=1#x') })).toEqual({
      link: new URL('https://example.com/ä?q=1#x'),
    })
    expect((roundTrip(new URL('https://example.com/ä?q=1#x')) as URL).href).toBe('https://example.com/%C3%A4?q=1#x')
  })

  it('carries frozen objects and lone surrogates', () => {
    const value = Object.freeze({ '\ud800': Object.freeze(['\udfff']), at: new Date(1) })
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true)
  })

  it('carries 499 levels, at the bottom of which plain JSON is not enough', () => {
    for (const wrap of [
      (v: unknown) => [v],
      (v: unknown) => ({ v }),
      (v: unknown) => new Map([[v, 1]]),
      (v: unknown) => new Set([v]),
    ]) {
      let value: unknown = new Date(0)
      for (let level = 1; level < 500; level++) value = wrap(value)
      expect(sameBytes(codec.encode(roundTrip(value), 'value'), codec.encode(value, 'value'))).toBe(true)
    }
  })
})

/** The same containers in the same places: the two walks meet each pair only ever together. */
function isomorphic(a: unknown, b: unknown, pairs = new Map<unknown, unknown>()): boolean {
  if (typeof a !== 'object' || a === null) return Object.is(a, b)
  if (pairs.has(a)) return pairs.get(a) === b
  pairs.set(a, b)
  const [left, right] = [partsOf(a), partsOf(b as object)]
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || left.length !== right.length) return false
  return left.every((part, index) => isomorphic(part, right[index], pairs))
}

function partsOf(value: object): unknown[] {
  if (value instanceof Date) return [value.getTime()]
  if (value instanceof Map) return [...value].flat()
  return value instanceof Set ? [...value] : Object.entries(value).flat()
}
