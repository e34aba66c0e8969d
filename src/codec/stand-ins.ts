import type { CustomType } from './codec.js'

/** The prefix of this package's own names in superjson's registries. */
export const ownPrefix = 'koa-scopes/'

/** The names of the stand-ins in what is stored. */
export const standIns = {
  repeat: `${ownPrefix}repeat`,
  bare: `${ownPrefix}bare`,
  pattern: `${ownPrefix}regexp`,
} as const

/*
 * superjson 2.2.6 loses or breaks some values: repeated and circular references in a Set, in a Map's keys, in an instance
 * or after a cycle; keys such as `constructor`; objects without a prototype; custom types of plain objects and arrays.
 * Before it encodes a tree, these values are therefore replaced by stand-ins, which it carries without loss.
 */

/** A repeated occurrence of an object, named by the object's number in the order of the walk. */
export class Repeat {
  readonly number: number

  constructor(number: number) {
    this.number = number
  }
}

/** A value of a custom type, in its serialized form. */
export class Form {
  readonly name: string
  readonly type: CustomType
  /** Plain JSON. */
  readonly data: unknown

  constructor(name: string, type: CustomType, data: unknown) {
    this.name = name
    this.type = type
    this.data = data
  }
}

/** A RegExp whose next search does not begin at 0. */
export class Pattern {
  readonly text: string
  readonly lastIndex: number

  constructor(regexp: RegExp) {
    this.text = String(regexp)
    this.lastIndex = regexp.lastIndex
  }
}

/** Stands for an object without a prototype, and holds its fields. */
export class Bare {
  [key: string]: unknown
}

const reservedKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** A name that superjson accepts and that does not call a setter when assigned to an object of this prototype. */
export function escapedKey(key: string, prototype: object | null): string {
  const inherited = prototype !== null && prototype !== Object.prototype && key in prototype
  return inherited || reservedKeys.has(key) || isEscaped(key) ? `~${key}` : key
}

export const isEscaped = (key: string) => key.startsWith('~')

export const unescapedKey = (key: string) => (isEscaped(key) ? key.slice(1) : key)
