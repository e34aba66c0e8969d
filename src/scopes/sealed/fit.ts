import { ScopesError } from '../../errors/scopes-error.js'
import type { RecordHead } from '../../storage/contract.js'
import type { SealedEnvironment } from '../environment.js'
import { sealedLength } from './sealer.js'

/** How many attributes the error names, and how much of each name. */
const mostNamed = 3
const longestName = 60

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
    largest: largestOf(attributes),
  })
}

function largestOf(attributes: ReadonlyMap<string, Uint8Array>) {
  return [...attributes]
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(name) + value.byteLength }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, mostNamed)
    .map(({ name, bytes }) => ({ name: shortened(name), bytes }))
}

const shortened = (name: string) => (name.length > longestName ? `${name.slice(0, longestName).toWellFormed()}…` : name)
