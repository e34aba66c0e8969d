import type { Described } from './described.js'

/**
 * A described value as JSON: Dates, URLs and so on as texts, Maps as lists of pairs, Sets as lists. What was left out is named
 * under the key `…`, or as the last entry of a list.
 */
export function plain({ entries, more, text, type }: Described): unknown {
  if (!entries) return leaf(type, text ?? '', more)
  const values = entries.map(({ value }) => plain(value))
  const left = more === undefined ? [] : [`… ${more} more`]
  if (type === 'Map') return [...entries.map(({ key }, index) => [keyOf(key), values[index]]), ...left]
  if (type === 'Set' || type === 'Array' || type.endsWith('Array')) return [...values, ...left]
  const named: Record<string, unknown> = Object.create(null)
  for (const [index, { key }] of entries.entries()) named[String(key)] = values[index]
  if (more !== undefined) named['…'] = `${more} more`
  return named
}

const keyOf = (key: string | Described | undefined): unknown => (typeof key === 'object' ? plain(key) : key)

function leaf(type: string, text: string, more: number | undefined): unknown {
  if (type === 'boolean') return text === 'true'
  if (type === 'number' && Number.isFinite(Number(text))) return Number(text)
  if (type === 'null' || type === 'undefined') return null
  return more === undefined ? text : `${text}… ${more} more characters`
}
