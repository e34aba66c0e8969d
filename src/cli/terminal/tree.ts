import { visible } from './visible.js'

const longestText = 200
const mostEntries = 50
const step = '  '

/** A value as lines for a person, with the types that JSON does not show. Deeper levels than `depth` are only named. */
export function treeOf(name: string, value: unknown, depth: number): string[] {
  return lines(name, value, depth, new Set(), '')
}

function lines(name: string, value: unknown, depth: number, above: ReadonlySet<unknown>, indent: string): string[] {
  const entries = entriesOf(value)
  if (!entries) return [`${indent}${visible(name)}: ${leaf(value)}`]
  const head = `${indent}${visible(name)}: ${kindOf(value, entries.length)}`
  if (above.has(value)) return [`${head}, contains itself`]
  if (entries.length === 0) return [head]
  if (depth <= 0) return [`${head} …`]
  const shown = entries.slice(0, mostEntries)
  const inner = `${indent}${step}`
  const within = new Set(above).add(value)
  return [
    head,
    ...shown.flatMap(([key, each]) => lines(key, each, depth - 1, within, inner)),
    ...(shown.length < entries.length ? [`${inner}… ${entries.length - shown.length} more`] : []),
  ]
}

/** undefined for what has no parts. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Date || value instanceof RegExp || value instanceof URL) return undefined
  if (value instanceof Map) return [...value].map(([key, each]) => [keyText(key), each])
  if (value instanceof Set) return [...value].map((each, at) => [`${at}`, each])
  return Object.entries(value)
}

const keyText = (key: unknown): string =>
  typeof key === 'string' ? key : entriesOf(key) ? kindOf(key, entriesOf(key)?.length ?? 0) : leaf(key)

function kindOf(value: unknown, parts: number): string {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `${classOf(value)}, ${counted(parts, 'item')}`
  if (value instanceof Map) return `Map, ${counted(parts, 'entry')}`
  if (value instanceof Set) return `Set, ${counted(parts, 'item')}`
  return `${classOf(value)}, ${counted(parts, 'field')}`
}

const classOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

const plurals = { item: 'items', entry: 'entries', field: 'fields' } as const
const counted = (count: number, what: keyof typeof plurals): string => `${count} ${count === 1 ? what : plurals[what]}`

function leaf(value: unknown): string {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (value instanceof Date) return `Date ${value.toISOString()}`
  if (value instanceof URL || value instanceof RegExp) return `${classOf(value)} ${visible(String(value))}`
  return String(value)
}

const text = (value: string): string =>
  value.length <= longestText
    ? visible(JSON.stringify(value))
    : `${visible(JSON.stringify(value.slice(0, longestText)))}… ${value.length} characters`
