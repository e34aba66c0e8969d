import { describe, expect, it } from 'vitest'
import type { CustomType } from '../../src/codec/codec.js'
import { createCodec } from '../../src/codec/create.js'

class Item {
  readonly name: string
  constructor(name: string) {
    if (!name) throw new Error('called without a name')
    this.name = name
  }
  toJSON() {
    return 'not this'
  }
}

class Cart {
  items: Item[] = []
  selected?: Item | undefined
  owner?: unknown
  get size() {
    return this.items.length
  }
  set size(_: number) {
    throw new Error('read-only')
  }
}

class Decimal {
  readonly #digits: string
  constructor(digits: string) {
    this.#digits = digits
  }
  toString() {
    return this.#digits
  }
}

const decimal: CustomType<Decimal, string> = {
  is: (value) => value instanceof Decimal,
  serialize: String,
  deserialize: (digits) => new Decimal(digits),
}

const codec = createCodec({ classes: { Item, Cart }, custom: { Decimal: decimal as CustomType } })
const roundTrip = <T>(value: T) => codec.decode(codec.encode(value, 'value'), 'value') as T

describe('registered classes', () => {
  it('come back as instances, without a call of the constructor', () => {
    const item = roundTrip(new Item('hat'))
    expect(item).toBeInstanceOf(Item)
    expect(item).toEqual(new Item('hat'))
  })

  it('keep references between their instances', () => {
    const cart = new Cart()
    cart.items = [new Item('hat'), new Item('cap')]
    cart.selected = cart.items[1]
    cart.owner = { cart }
    const revived = roundTrip(cart)
    expect(revived.items).toEqual(cart.items)
    expect(revived.selected).toBe(revived.items[1])
    expect(revived.owner).toEqual({ cart: revived })
  })

  it('may have fields that their prototype has a setter for, and fields named constructor', () => {
    const cart = new Cart()
    for (const key of ['size', 'constructor', '__proto__'])
      Object.defineProperty(cart, key, { value: 7, enumerable: true, configurable: true, writable: true })
    expect(Object.entries(roundTrip(cart))).toEqual(Object.entries(cart))
    expect(roundTrip(cart)).toBeInstanceOf(Cart)
  })

  it('are walked for what cannot be stored', () => {
    const cart = Object.assign(new Cart(), { owner: { notify() {} } })
    expect(() => codec.encode({ cart }, 'session')).toThrow('session.cart.owner.notify: a function cannot be stored.')
  })

  it('do not stand for their subclasses', () => {
    class Basket extends Cart {}
    expect(() => codec.encode(new Basket(), 'x')).toThrow('x: an instance of the unregistered class Basket cannot be')
  })

  it('are needed for decoding', () => {
    const bytes = codec.encode({ cart: new Cart() }, 'x')
    expect(() => createCodec().decode(bytes, 'session.cart')).toThrow(
      expect.objectContaining({
        code: 'VALUE_UNDECODABLE',
        details: { path: 'session.cart', reason: expect.stringContaining('its class "Cart" is not registered') },
        cause: expect.any(Error),
      }),
    )
  })
})

describe('custom types', () => {
  it('come back in every place', () => {
    const value = { price: new Decimal('1.50'), all: new Map([[new Decimal('2'), new Set([new Decimal('3')])]]) }
    const { price, all } = roundTrip(value)
    expect(String(price)).toBe('1.50')
    const [[key, members]] = [...all] as [[Decimal, Set<Decimal>]]
    expect([String(key), ...[...members].map(String)]).toEqual(['2', '3'])
  })

  it('keep shared references', () => {
    const price = new Decimal('1')
    const [first, second] = roundTrip([price, price])
    expect(first).toBeInstanceOf(Decimal)
    expect(second).toBe(first)
  })

  it('take plain objects, arrays, functions and instances of registered classes, too', () => {
    const greedy: CustomType = {
      is: (value) => Array.isArray(value) || typeof value === 'function' || value instanceof Item,
      serialize: (value) => (value instanceof Item ? { constructor: value.name } : String(value)),
      deserialize: (form) => ({ form }),
    }
    const codec = createCodec({ classes: { Item }, custom: { greedy } })
    const bytes = codec.encode({ list: [1, 2], call: Math.max, item: new Item('hat') }, 'x')
    expect(codec.decode(bytes, 'x')).toEqual({
      list: { form: '1,2' },
      call: { form: 'function max() { [native code] }' },
      item: { form: { constructor: 'hat' } },
    })
  })

  it('must serialize to plain JSON', () => {
    const serializingTo = (form: unknown) =>
      createCodec({ custom: { Decimal: { ...decimal, serialize: () => form } as CustomType } })
    const value = { price: new Decimal('1') }
    for (const form of [undefined, new Date(0), [Number.NaN]])
      expect(() => serializingTo(form).encode(value, 'x')).toThrow(
        'x.price: a Decimal whose serialized form is not plain JSON cannot be stored.',
      )
    expect(() => serializingTo({ f() {} }).encode(value, 'x')).toThrow('x.price.f: a function cannot be stored.')
  })

  it('that fail make the value undecodable', () => {
    const bytes = codec.encode(new Decimal('1'), 'x')
    const failing = {
      ...decimal,
      deserialize: () => {
        throw new Error('no such digits')
      },
    } as CustomType
    expect(() => createCodec({ custom: { Decimal: failing } }).decode(bytes, 'x')).toThrow('decoded: no such digits.')
    expect(() => createCodec().decode(bytes, 'x')).toThrow(expect.objectContaining({ code: 'VALUE_UNDECODABLE' }))
  })
})

describe('types that cannot be carried', () => {
  class Basket extends Map {}
  const Legacy = (() => {}) as unknown as typeof Item
  Legacy.prototype = { name: 'legacy' } as Item

  it.each([
    [
      'a class that extends a built-in one',
      { classes: { Basket } },
      'types  classes.Basket: Map keeps content outside',
    ],
    ['a built-in class', { classes: { Error } }, 'classes.Error: Error keeps content outside'],
    ['Object', { classes: { Object } }, 'classes.Object: Object keeps content outside'],
    ['a class whose prototype does not name it', { classes: { Legacy } }, 'classes.Legacy: This is not a class'],
    [
      'a class under two names',
      { classes: { Item, Thing: Item } },
      'classes.Thing: The same class is registered as Item.',
    ],
    ['an empty name', { classes: { '': Item } }, 'classes[""]: The name is reserved.'],
    [
      'a name of ours',
      { custom: { 'koa-scopes/x': decimal as CustomType } },
      'custom["koa-scopes/x"]: The name is reserved.',
    ],
  ])('%s is refused at the start', (_, types, message) => {
    expect(() => createCodec(types)).toThrow(message)
  })

  it('are reported all at once', () => {
    expect(() => createCodec({ classes: { '': Item, Basket } })).toThrow(/^types has 2 problems:/)
  })
})
