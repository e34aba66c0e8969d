import { isUtf8 } from 'node:buffer'
import { reasonOf, ScopesError } from '../support/errors.js'
import { sameBytes, viewOf } from './bytes.js'
import type { Codec, ValueTypes } from './codec.js'
import { RichFormat } from './rich.js'
import { Survey } from './survey.js'
import { type KnownTypes, knownTypes } from './types.js'

/** The first byte of an encoded value. What follows is UTF-8. */
const formats = { plain: 1, rich: 2 } as const

/** Throws CONFIG_INVALID when the types cannot be carried. */
export function createCodec(types?: ValueTypes): Codec {
  return new TaggedCodec(knownTypes(types))
}

class TaggedCodec implements Codec {
  readonly #types: KnownTypes
  readonly #rich: RichFormat

  constructor(types: KnownTypes) {
    this.#types = types
    this.#rich = new RichFormat(types)
  }

  encode(value: unknown, path: string): Uint8Array {
    try {
      const survey = new Survey(this.#types, path)
      survey.visit(value)
      if (survey.plain) return tagged(formats.plain, JSON.stringify(value))
      return tagged(formats.rich, this.#rich.stringify(value, survey.forms))
    } catch (cause) {
      if (cause instanceof ScopesError) throw cause
      const reason = `a value that fails to be encoded (${reasonOf(cause)})`
      throw new ScopesError('VALUE_NOT_STORABLE', { path, reason }, { cause })
    }
  }

  decode(bytes: Uint8Array, path: string): unknown {
    try {
      return this.#parse(viewOf(bytes))
    } catch (cause) {
      throw new ScopesError('VALUE_UNDECODABLE', { path, reason: reasonOf(cause) }, { cause })
    }
  }

  isChange(before: Uint8Array, after: Uint8Array, path: string): boolean {
    if (sameBytes(before, after)) return false
    if (isPlain(before) && isPlain(after)) return true // there is one JSON text for a value
    try {
      return !sameBytes(this.encode(this.decode(before, path), path), after)
    } catch {
      return true // undecodable bytes are replaced by what was assigned
    }
  }

  looksChanged(before: Uint8Array, value: unknown, path: string): boolean {
    if (!isPlain(before)) return this.isChange(before, this.encode(value, path), path)
    return viewOf(before).toString('utf8', 1) !== JSON.stringify(value)
  }

  #parse(bytes: Buffer): unknown {
    if (!isUtf8(bytes)) throw new Error('it is not UTF-8')
    const text = bytes.toString('utf8', 1)
    switch (bytes[0]) {
      case formats.plain:
        return JSON.parse(text)
      case formats.rich:
        return this.#rich.parse(text)
      default:
        throw new Error(bytes.length === 0 ? 'it is empty' : `its format, ${bytes[0]}, is not known`)
    }
  }
}

const isPlain = (bytes: Uint8Array): boolean => bytes[0] === formats.plain

const tagged = (format: number, text: string) => Buffer.from(String.fromCharCode(format) + text)
