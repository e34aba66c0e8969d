import { ScopesError } from '../../errors/scopes-error.js'
import type { RecordHead } from '../../storage/contract.js'
import { largestOf } from '../attributes/size-limit.js'
import type { SealedEnvironment } from '../environment.js'
import { sealedLength } from './sealer.js'

/** Throws COOKIE_TOO_LARGE if this content is too long for the cookies of one record. */
export function checkFit(
  { kind: scope, sealing: { mostLetters, mostLettersInTwo } }: SealedEnvironment,
  { id }: Pick<RecordHead, 'id'>,
  attributes: ReadonlyMap<string, Uint8Array>,
  content: Uint8Array,
): void {
  const letters = sealedLength(content.byteLength)
  if (letters <= mostLetters) return
  throw new ScopesError('COOKIE_TOO_LARGE', {
    scope,
    id,
    letters,
    mostLetters,
    ...(mostLettersInTwo !== undefined && { mostLettersInTwo }),
    largest: largestOf(attributes, (name, value) => Buffer.byteLength(name) + value.byteLength),
  })
}
