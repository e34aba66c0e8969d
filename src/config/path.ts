/** A place in a configuration: keys of maps, indexes of lists. */
export type Path = readonly PropertyKey[]

/** Writes a path as in `applications.shop.scopeless[0]`. */
export function formatPath(path: Path): string {
  return path.map(formatKey).join('').replace(/^\./, '')
}

function formatKey(key: PropertyKey): string {
  if (typeof key === 'number') return `[${key}]`
  return /^(?:[\w-]+|\*\*\*)$/.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(String(key))}]`
}

/** The value on a path; undefined if there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce(
    (value: unknown, key) => (isPlain(value) && Object.hasOwn(value, key) ? value[key as string] : undefined),
    tree,
  )
}

/** Whether a value is a map or a list in the sense of YAML. Instances of classes are neither. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return Array.isArray(value) || isPlainMap(value)
}

export function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
