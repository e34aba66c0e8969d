import { isUtf8 } from 'node:buffer'
import { reasonOf, ScopesError } from '../errors/scopes-error.js'
import { viewOf } from './bytes.js'
import type { Codec, ValueTypes } from './codec.js'
import { isTooDeep, tooDeep } from './limits.js'
import { RichFormat } from './rich.js'
import { refusalOf } from './sealing/unopened.js'
import { Survey } from './survey.js'
import { type KnownTypes, knownTypes } from './types.js'

/** The first byte of an encoded value. The rest is UTF-8. */
const formats = { plain: 1, rich: 2 } as const
const tags = { plain: String.fromCharCode(formats.plain), rich: String.fromCharCode(formats.rich) }

/** Throws CONFIG_INVALID if the types cannot be registered. */
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

  encode(value: unknown, path: string, lead = ''): Uint8Array {
    return Buffer.from(lead + this.#textOf(value, path))
  }

  /** Compares as text first: most values have not changed, and then no bytes need to be made. */
  change(before: Uint8Array, value: unknown, path: string, lead = ''): Uint8Array | undefined {
    const text = this.#textOf(value, path)
    if (text === viewOf(before).toString() && isUtf8(before)) return undefined
    return this.#isSame(before, text, path) ? undefined : Buffer.from(lead + text)
  }

  decode(bytes: Uint8Array, path: string): unknown {
    const refusal = refusalOf(bytes)
    if (refusal) throw new ScopesError('VALUE_UNDECODABLE', { path, ...refusal })
    try {
      return this.#parse(viewOf(bytes))
    } catch (cause) {
      throw new ScopesError('VALUE_UNDECODABLE', { path, reason: reasonOf(cause) }, { cause })
    }
  }

  looksChanged(before: Uint8Array, value: unknown, path: string): boolean {
    if (!isPlain(before)) return this.change(before, value, path) !== undefined
    return viewOf(before).toString('utf8', 1) !== JSON.stringify(value)
  }

  /** The encoded value as text, with the format's tag in front. */
  #textOf(value: unknown, path: string): string {
    try {
      const survey = new Survey(this.#types, path)
      survey.visit(value)
      if (survey.plain) return tags.plain + JSON.stringify(value)
      return tags.rich + this.#rich.stringify(value, survey.forms)
    } catch (cause) {
      if (cause instanceof ScopesError) throw cause
      const reason = `a value that fails to be encoded (${reasonOf(cause)})`
      throw new ScopesError('VALUE_NOT_STORABLE', { path, reason }, { cause })
    }
  }

  /** Whether two different encodings have the same value. */
  #isSame(before: Uint8Array, after: string, path: string): boolean {
    if (isPlain(before) && after.startsWith(tags.plain)) return false // there is one JSON text for a value
    try {
      return this.#textOf(this.decode(before, path), path) === after
    } catch {
      return false // undecodable bytes are replaced by what was assigned
    }
  }

  #parse(bytes: Buffer): unknown {
    if (!isUtf8(bytes)) throw new Error('it is not UTF-8')
    const text = bytes.toString('utf8', 1)
    switch (bytes[0]) {
      case formats.plain:
        return parsedPlain(text)
      case formats.rich:
        return this.#rich.parse(text)
      default:
        throw new Error(bytes.length === 0 ? 'it is empty' : `its format, ${bytes[0]}, is not known`)
    }
  }
}

function parsedPlain(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (isTooDeep(text, value)) throw new Error(`it is ${tooDeep}`)
  return value
}

const isPlain = (bytes: Uint8Array): boolean => bytes[0] === formats.plain
