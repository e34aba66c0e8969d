import { storedOf } from '../../codec/sealing/unopened.js'
import { reasonOf } from '../../errors/scopes-error.js'
import type { StoredRecord } from '../../storage/contract.js'
import { EncodedAttributes } from '../attributes/encoded-attributes.js'
import { contentOf } from '../attributes/place.js'
import type { ScopeBasics } from '../environment.js'

/** One attribute, as an operator sees it: its value or, if it cannot be decoded, its bytes and why. */
export type ShownAttribute = {
  readonly name: string
  /** The size of its encoded value; of a sealed one that does not open, as it is stored. */
  readonly bytes: number
} & ({ readonly value: unknown } | { readonly encoded: Uint8Array; readonly reason: string })

/** The attributes of a record in their order. Reports nothing and changes nothing: an operator only looks. */
export function shownAttributes({ codec, kind }: ScopeBasics, { attributes }: StoredRecord): ShownAttribute[] {
  const all = EncodedAttributes.of(attributes)
  return all.ordered.flatMap((name): ShownAttribute[] => {
    const stored = all.get(name)
    if (!stored) return []
    const content = contentOf(stored)
    const encoded = storedOf(content) ?? content
    const about = { name, bytes: encoded.byteLength }
    try {
      return [{ ...about, value: codec.decode(content, `${kind}.${name}`) }]
    } catch (error) {
      return [{ ...about, encoded, reason: reasonOf(error) }]
    }
  })
}
