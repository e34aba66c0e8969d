import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { type DataSource, dataObject } from '../../../src/scopes/request/data-object.js'

/** Attributes in a map; `id` is read-only, and `broken` is named although it is undecodable. */
class MapSource implements DataSource {
  readonly attributes = new Map<string, unknown>()
  readonly reads: string[] = []

  has(name: string): boolean {
    return this.attributes.has(name) && name !== 'broken'
  }

  get(name: string): unknown {
    this.reads.push(name)
    return name === 'broken' ? undefined : this.attributes.get(name)
  }

  set(name: string, value: unknown): void {
    if (this.isReadOnly(name)) throw new TypeError(`${name} is read-only`)
    this.attributes.set(name, value)
  }

  delete(name: string): void {
    this.attributes.delete(name)
  }

  names(): string[] {
    return [...this.attributes.keys()]
  }

  readOnly(name: string): unknown {
    return this.isReadOnly(name) ? 'fixed' : undefined
  }

  isReadOnly(name: string): boolean {
    return name === 'id'
  }
}

let source: MapSource
let data: Record<string, unknown>

beforeEach(() => {
  source = new MapSource()
  data = dataObject(source)
})

describe('a data object behaves as a plain object', () => {
  it('to assignment, reading, in and delete', () => {
    data.a = 1
    expect(data.a).toBe(1)
    expect('a' in data).toBe(true)
    expect(delete data.a).toBe(true)
    expect(delete data.a).toBe(true)
    expect('a' in data).toBe(false)
    expect(data.a).toBeUndefined()
  })

  it('to ??=, destructuring, spread, Object.assign and structuredClone of a spread', () => {
    data.list ??= []
    Object.assign(data, { a: 1, b: undefined })
    const { a, ...rest } = data
    expect({ a, rest }).toEqual({ a: 1, rest: { list: [], b: undefined } })
    expect(structuredClone({ ...data })).toEqual({ list: [], a: 1, b: undefined })
  })

  it('to for-in, keys, values, entries, JSON and comparison', () => {
    Object.assign(data, { b: 2, a: { c: [1] } })
    const seen: string[] = []
    for (const name in data) seen.push(name)
    expect(seen).toEqual(['b', 'a'])
    expect(Object.keys(data)).toEqual(['b', 'a'])
    expect(Object.values(data)).toEqual([2, { c: [1] }])
    expect(Object.entries(data)).toEqual([
      ['b', 2],
      ['a', { c: [1] }],
    ])
    expect(JSON.stringify({ data })).toBe('{"data":{"b":2,"a":{"c":[1]}}}')
    expect(data).toEqual({ b: 2, a: { c: [1] } })
  })

  it('to own-property questions and descriptors', () => {
    data.a = 1
    expect(Object.hasOwn(data, 'a')).toBe(true)
    // biome-ignore lint/suspicious/noPrototypeBuiltins: code that asks like this exists
    expect([data.hasOwnProperty('a'), data.hasOwnProperty('b')]).toEqual([true, false])
    expect(Object.getOwnPropertyDescriptor(data, 'a')).toMatchObject({ configurable: true, enumerable: true })
    expect(Object.getOwnPropertyDescriptor(data, 'b')).toBeUndefined()
    Object.defineProperty(data, 'b', { value: 2 })
    expect(source.attributes.get('b')).toBe(2)
  })

  it('to conversions to text', () => {
    expect(String(data)).toBe('[object Object]')
    expect(`${data.toString()} ${data.toLocaleString()}`).toBe('[object Object] [object Object]')
  })

  it('to util.inspect, which shows the content', () => {
    Object.assign(data, { a: { b: [1] } })
    expect(inspect(data)).toBe('{ a: { b: [ 1 ] } }')
    expect(inspect({ deep: { deeper: { data } } })).toBe('{ deep: { deeper: { data: [Scope] } } }')
  })
})

describe('every string is an attribute name like any other', () => {
  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'then',
    'toJSON',
    '',
    '0',
    'a.b',
    '$',
  ])('%j', (name) => {
    expect(name in data).toBe(false)
    data[name] = { polluted: true }
    expect(source.attributes.get(name)).toEqual({ polluted: true })
    expect(data[name]).toEqual({ polluted: true })
    expect(Object.keys(data)).toEqual([name])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    delete data[name]
    expect(source.attributes.size).toBe(0)
  })

  it('__proto__ and constructor are undefined until they are stored', () => {
    expect([Reflect.get(data, '__proto__'), data.constructor]).toEqual([undefined, undefined])
  })
})

describe('read-only keys', () => {
  it('can be read and asked for, are not listed, and what the source says of a write is thrown', () => {
    expect(data.id).toBe('fixed')
    expect('id' in data).toBe(true)
    expect(Object.keys(data)).toEqual([])
    expect(() => {
      data.id = 'mine'
    }).toThrow('id is read-only')
  })
})

describe('a data object refuses what it cannot carry', () => {
  it('symbols as names: reading gives undefined, writing throws', () => {
    const key = Symbol('key')
    const symbolic = data as Record<symbol, unknown>
    expect(symbolic[key]).toBeUndefined()
    expect(key in data).toBe(false)
    expect(() => {
      symbolic[key] = 1
    }).toThrow('Symbol(key)')
  })

  it('accessors, another prototype, being frozen or sealed', () => {
    expect(() => Object.defineProperty(data, 'a', { get: () => 1 })).toThrow(TypeError)
    expect(() => Object.setPrototypeOf(data, { a: 1 })).toThrow(TypeError)
    expect(() => Object.freeze(data)).toThrow(TypeError)
    expect(() => Object.preventExtensions(data)).toThrow(TypeError)
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype)
  })
})

describe('decoding', () => {
  it('happens for what is read, not for what is listed by its name', () => {
    Object.assign(data, { a: 1, b: 2 })
    Object.keys(data)
    expect(source.reads).toEqual([])
    expect(data.b).toBe(2)
    expect(source.reads).toEqual(['b'])
  })

  it('that fails leaves no key, however the object is listed', () => {
    source.attributes.set('broken', 1)
    Object.assign(data, { a: 1 })
    const loop: string[] = []
    for (const name in data) loop.push(name)
    const { a, ...rest } = data
    expect({ a, rest }).toStrictEqual({ a: 1, rest: {} })
    expect([Object.keys(data), loop]).toEqual([['a'], ['a']])
    expect(Object.entries(data)).toEqual([['a', 1]])
    expect({ ...data }).toStrictEqual({ a: 1 })
    expect(Object.assign({}, data)).toStrictEqual({ a: 1 })
    expect(JSON.stringify(data)).toBe('{"a":1}')
    expect(inspect(data)).toBe('{ a: 1 }')
    expect(['broken' in data, Object.hasOwn(data, 'broken')]).toEqual([false, false])
    expect(data.broken).toBeUndefined()
  })
})
