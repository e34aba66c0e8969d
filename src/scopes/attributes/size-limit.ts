import { ScopesError } from '../../errors/scopes-error.js'
import type { ScopeBasics } from '../environment.js'
import type { Delta } from './delta.js'
import type { EncodedAttributes } from './encoded-attributes.js'

/** How many attributes an error names, and how much of each name. */
const mostNamed = 3
const longestName = 60

const sizeOf = (name: string, bytes: Uint8Array): number => name.length + bytes.byteLength

function total(attributes: Iterable<readonly [string, Uint8Array]>): number {
  let size = 0
  for (const [name, bytes] of attributes) size += sizeOf(name, bytes)
  return size
}

/**
 * Throws SCOPE_TOO_LARGE if the change makes the record larger than `maxSize`. A record that is larger already, because the
 * limit was lowered or parallel requests added to it, may still shrink and change.
 */
export function checkSize(
  { kind: scope, settings: { maxSizeBytes } }: Pick<ScopeBasics, 'kind' | 'settings'>,
  id: string,
  before: EncodedAttributes,
  delta: Delta,
): void {
  // What the attributes take in memory is never less than their size, and known without a look at each.
  if (delta.set.size === 0 || before.bytes + total(delta.set) <= maxSizeBytes) return
  const after = before.with(delta)
  const size = total(after)
  if (size <= maxSizeBytes || size <= total(before)) return
  const largest = largestOf(after, (_, value) => value.byteLength).map(({ name }) => name)
  throw new ScopesError('SCOPE_TOO_LARGE', { scope, id, size, maxSize: maxSizeBytes, largest })
}

/** The largest attributes of a record, for messages. */
export function largestOf(
  attributes: ReadonlyMap<string, Uint8Array>,
  sizeOf: (name: string, value: Uint8Array) => number,
): { readonly name: string; readonly bytes: number }[] {
  return [...attributes]
    .map(([name, value]) => ({ name, bytes: sizeOf(name, value) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, mostNamed)
    .map(({ name, bytes }) => ({ name: shortened(name), bytes }))
}

const shortened = (name: string) => (name.length > longestName ? `${name.slice(0, longestName).toWellFormed()}…` : name)
