import { reasonOf } from '../../errors/scopes-error.js'
import type { StoredRecord } from '../../storage/contract.js'
import { EncodedAttributes } from '../attributes/encoded-attributes.js'
import { contentOf } from '../attributes/place.js'
import type { ScopeBasics } from '../environment.js'

/** One attribute, as an operator sees it: its value or, if it cannot be decoded, its bytes and why. */
export type ShownAttribute = {
  readonly name: string
  /** The size of its encoded value. */
  readonly bytes: number
} & ({ readonly value: unknown } | { readonly encoded: Uint8Array; readonly reason: string })

/** The attributes of a record in their order. Reports nothing and changes nothing: an operator only looks. */
export function shownAttributes({ codec, kind }: ScopeBasics, { attributes }: StoredRecord): ShownAttribute[] {
  const encoded = EncodedAttributes.of(attributes)
  return encoded.ordered.flatMap((name): ShownAttribute[] => {
    const stored = encoded.get(name)
    if (!stored) return []
    const content = contentOf(stored)
    const about = { name, bytes: content.byteLength }
    try {
      return [{ ...about, value: codec.decode(content, `${kind}.${name}`) }]
    } catch (error) {
      return [{ ...about, encoded: content, reason: reasonOf(error) }]
    }
  })
}
