interface Named {
  readonly name: string
}

/** The element of this name, or the only one whose name contains `part`. Throws if there is none, or more than one. */
export function theOne<T extends Named>(all: readonly T[], part = ''): T {
  const exact = all.filter(({ name }) => name === part)
  const found = exact.length > 0 ? exact : all.filter(({ name }) => name.includes(part))
  const [only] = found
  if (found.length === 1 && only) return only
  throw new RangeError(`"${part}" fits ${found.length} of: ${all.map(({ name }) => name).join(' | ')}`)
}
