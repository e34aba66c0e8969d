/** The changes of a record's attributes: encoded attributes to set, names to remove. No name is in both. */
export interface Delta {
  readonly set: ReadonlyMap<string, Uint8Array>
  readonly unset: ReadonlySet<string>
}

/** A delta that is still being built. */
export interface MutableDelta {
  readonly set: Map<string, Uint8Array>
  readonly unset: Set<string>
}

export const emptyDelta = (): MutableDelta => ({ set: new Map(), unset: new Set() })

/** The delta of a request that has changed nothing. */
export const nothing: Delta = emptyDelta()

export const isEmpty = (delta: Delta): boolean => delta.set.size === 0 && delta.unset.size === 0

export const namesIn = ({ set, unset }: Delta): string[] => [...set.keys(), ...unset]

/** One delta of these, made one after the other. For a name in several, the last change wins. */
export function merged(...deltas: readonly Delta[]): Delta {
  const delta = emptyDelta()
  for (const later of deltas) mergeInto(delta, later)
  return delta
}

function mergeInto(earlier: MutableDelta, later: Delta): void {
  for (const [name, bytes] of later.set) {
    earlier.unset.delete(name)
    earlier.set.set(name, bytes)
  }
  for (const name of later.unset) {
    earlier.set.delete(name)
    earlier.unset.add(name)
  }
}
