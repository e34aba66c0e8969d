/** What changed: encoded attributes set, names removed. A name is in one of them at most. */
export interface Delta {
  readonly set: ReadonlyMap<string, Uint8Array>
  readonly unset: ReadonlySet<string>
}

/** One that grows. */
export interface MutableDelta {
  readonly set: Map<string, Uint8Array>
  readonly unset: Set<string>
}

export const emptyDelta = (): MutableDelta => ({ set: new Map(), unset: new Set() })

/** Of everybody who has changed nothing. */
export const nothing: Delta = emptyDelta()

export const isEmpty = (delta: Delta): boolean => delta.set.size === 0 && delta.unset.size === 0

export const namesIn = ({ set, unset }: Delta): string[] => [...set.keys(), ...unset]

/** Adds `later` to `earlier`, which it changes: the later change of a name wins. */
export function mergeInto(earlier: MutableDelta, later: Delta): void {
  for (const [name, bytes] of later.set) {
    earlier.unset.delete(name)
    earlier.set.set(name, bytes)
  }
  for (const name of later.unset) {
    earlier.set.delete(name)
    earlier.unset.add(name)
  }
}
