/** Turns one value into bytes and back. decode(encode(x)) equals x, or encode refuses x. */
export interface Codec {
  /**
   * `path` names the value in messages, as in `session.cart`.
   * Throws VALUE_NOT_STORABLE, with the path of the part that would not come back equal.
   */
  encode(value: unknown, path: string): Uint8Array
  /** Throws VALUE_UNDECODABLE, whatever the bytes; never pollutes a prototype. */
  decode(bytes: Uint8Array, path: string): unknown
}

/** Classes and custom types that values may hold besides what superjson knows. */
export interface ValueTypes {
  /** Stored by their name here, which must not change while values are stored; revived without calling the constructor. */
  readonly classes?: Readonly<Record<string, abstract new (...args: never[]) => object>>
  /** Types with a form of their own. The first whose `is` says yes takes the value. */
  readonly custom?: Readonly<Record<string, CustomType>>
}

export interface CustomType<T = unknown, J = unknown> {
  is(value: unknown): value is T
  /** To plain JSON data. */
  serialize(value: T): J
  deserialize(data: J): T
}
