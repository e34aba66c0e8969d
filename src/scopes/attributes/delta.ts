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

/** One delta of two, made one after the other. For a name in both, the later change wins. */
export function merged(earlier: Delta, later: Delta): Delta {
  const set = new Map(earlier.set)
  const unset = new Set(earlier.unset)
  for (const [name, bytes] of later.set) {
    unset.delete(name)
    set.set(name, bytes)
  }
  for (const name of later.unset) {
    set.delete(name)
    unset.add(name)
  }
  return { set, unset }
}
