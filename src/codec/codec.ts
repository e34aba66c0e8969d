/**
 * Turns one value into bytes and back. decode(encode(x)) equals x, or encode refuses x; encode(decode(bytes)) equals
 * bytes that encode made.
 *
 * Carried: what JSON carries; undefined, NaN, the infinities, -0, BigInt; Date, RegExp (its `lastIndex` starts at 0
 * again), URL, Map, Set, typed arrays of finite numbers; objects without a prototype; instances of registered classes
 * and values of custom types; any key, `__proto__` and `constructor` included; repeated and circular references too.
 *
 * Refused: functions, symbols, promises, Errors, Buffer, ArrayBuffer, BigInt arrays, invalid Dates, boxed primitives,
 * instances of other classes, sparse arrays, accessors, hidden fields, fields added to what is not a plain object, and
 * values nested deeper than 500 levels.
 */
export interface Codec {
  /**
   * `path` names the value in messages, as in `session.cart`.
   * Throws VALUE_NOT_STORABLE, with the path of the part that would not come back equal.
   */
  encode(value: unknown, path: string): Uint8Array
  /** Throws VALUE_UNDECODABLE, whatever the bytes; never pollutes a prototype. */
  decode(bytes: Uint8Array, path: string): unknown
  /**
   * The value encoded, if it is another than these bytes stand for, which an earlier version of a library or class may
   * have made; undefined when it is the same. Throws as `encode` does.
   */
  change(before: Uint8Array, value: unknown, path: string): Uint8Array | undefined
  /**
   * Whether `change` would give something, at less cost: what JSON does not show, as a field that is undefined, goes
   * unseen. Throws for some values that cannot be encoded.
   */
  looksChanged(before: Uint8Array, value: unknown, path: string): boolean
}

/** Classes and custom types that values may hold besides what superjson knows. */
export interface ValueTypes {
  /**
   * Stored by their name here, which must not change while values are stored; revived without calling the constructor.
   * Only fields come back: a class with `#private` ones, or that extends a built-in class, needs a custom type.
   */
  readonly classes?: Readonly<Record<string, abstract new (...args: never[]) => object>>
  /** Types with a form of their own. The first whose `is` says yes takes the value, before classes do. */
  readonly custom?: Readonly<Record<string, CustomType>>
}

export interface CustomType<T = unknown, J = unknown> {
  /** Asked about every object, function and symbol, so it should be quick. */
  is(value: unknown): value is T
  /** To plain JSON data, the same for equal values. */
  serialize(value: T): J
  deserialize(data: J): T
}
