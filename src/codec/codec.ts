/*
 * The codec's types. `create.ts` makes a codec: `survey` walks a value before encoding, then it is plain JSON, or `rich`
 * (superjson, with `stand-ins` that `replace` puts in; `restore` reads its text). `types` holds the registered classes.
 */

/**
 * Turns one value into bytes and back. decode(encode(x)) equals x, or encode refuses x. encode(decode(bytes)) equals bytes
 * if encode made them.
 *
 * Carried: what JSON carries; undefined, NaN, the infinities, -0, BigInt of at most 5,000 digits; Date, RegExp of at most
 * 10,000 characters, URL, Map, Set, typed arrays of finite numbers, without the rest of their buffers; objects without a
 * prototype; instances of registered classes and values of custom types; any key, `__proto__` and `constructor` included;
 * repeated and circular references too. Plain objects, arrays, Dates and so on of another realm come back as those of
 * this one, frozen objects as ordinary ones, proxies as what they show.
 *
 * Refused: functions, symbols, promises, Errors, Buffer, ArrayBuffer, BigInt arrays, invalid Dates, boxed primitives,
 * instances of other classes, sparse arrays, accessors, hidden fields, fields added to what is not a plain object, typed
 * arrays that share bytes, and values nested deeper than 500 levels. Not seen: an accessor in an array, a non-enumerable
 * field of one.
 */
export interface Codec {
  /**
   * `path` names the value in messages, as in `session.cart`. `lead`: text to be put in front, so that bytes are made once.
   * Throws VALUE_NOT_STORABLE, with the path of the part that would not come back equal.
   */
  encode(value: unknown, path: string, lead?: string): Uint8Array
  /**
   * Returns the value. For any invalid bytes it throws VALUE_UNDECODABLE, at a cost that their size bounds, and never
   * pollutes a prototype.
   */
  decode(bytes: Uint8Array, path: string): unknown
  /**
   * As `encode`, if the value differs from that of these bytes, which have no lead; undefined if both are the same. Bytes made by
   * another version of a library or class alone are no difference.
   */
  change(before: Uint8Array, value: unknown, path: string, lead?: string): Uint8Array | undefined
  /**
   * Whether `change` would return bytes, at less cost: changes that JSON does not show, such as a field that is undefined,
   * are missed. Throws for some values that cannot be encoded.
   */
  looksChanged(before: Uint8Array, value: unknown, path: string): boolean
}

/** Classes and custom types that values may hold besides what superjson knows. */
export interface ValueTypes {
  /**
   * Classes by the name they are stored under, which must not change while values are stored. Instances are revived
   * without calling the constructor. A class with `#private` fields, or that extends a built-in class, needs a custom type.
   */
  readonly classes?: Readonly<Record<string, abstract new (...args: never[]) => object>>
  /** Types with their own serialized form. The first whose `is` returns true takes the value, before any class. */
  readonly custom?: Readonly<Record<string, CustomType>>
}

export interface CustomType<T = unknown, J = unknown> {
  /** Called for every object, function and symbol, so it should be fast. */
  is(value: unknown): value is T
  /** Returns plain JSON data, the same for equal values. */
  serialize(value: T): J
  deserialize(data: J): T
}
