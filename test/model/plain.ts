/** An answer in a form in which what is equal is deeply equal: maps without an order, bytes as text. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('base64')}`
  if (value instanceof Map) return [...value].map(plain).sort(byName)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

const byName = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1)
