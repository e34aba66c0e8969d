import { sameBytes } from '../../codec/bytes.js'
import { type Delta, emptyDelta } from '../attributes/delta.js'

/** What one save carries of what a live record owes the store. */
export interface Debt {
  readonly delta: Delta
  /** What the store held, as far as this node knew, under the names that the delta changes. */
  readonly before: ReadonlyMap<string, Uint8Array | undefined>
  readonly hits: number
}

/**
 * What is still owed of a debt that the store may have received, given the attributes it holds now: the changes of names
 * that are as they were before. A name that differs has our change already, or a later one of another node.
 */
export function stillOwed({ delta, before }: Debt, attributes: ReadonlyMap<string, Uint8Array>): Delta {
  const owed = emptyDelta()
  const isAsBefore = (name: string) => isSame(attributes.get(name), before.get(name))
  for (const [name, bytes] of delta.set) if (isAsBefore(name)) owed.set.set(name, bytes)
  for (const name of delta.unset) if (isAsBefore(name)) owed.unset.add(name)
  return owed
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => (a && b ? sameBytes(a, b) : a === b)
