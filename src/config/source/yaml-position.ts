import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair } from 'yaml'
import type { Path } from '../path.js'

/** The offset of the key or value on this path. If the path leads nowhere, that of the last key found. */
export function offsetOf(document: Document, path: Path, part: 'key' | 'value'): number {
  let offset = 0
  let node: unknown = document.contents
  for (const key of path) {
    const step = stepInto(isAlias(node) ? node.resolve(document) : node, key)
    if (!step) return offset
    offset = startOf(step.key) ?? offset
    node = step.value
  }
  return part === 'value' && !isEmpty(node) ? (startOf(node) ?? offset) : offset
}

/** The offset at which a node begins; undefined if it was not read from a text. */
export function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

export const keyOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key)

/** The key and value below a node. An item of a list is its own key. Of duplicate keys, the last one counts. */
function stepInto(node: unknown, key: PropertyKey): { key: unknown; value: unknown } | undefined {
  if (isMap(node)) return node.items.findLast((pair) => keyOf(pair) === String(key))
  if (!isSeq(node) || !(Number(key) in node.items)) return undefined
  return { key: node.items[Number(key)], value: node.items[Number(key)] }
}

/** Whether nothing is written after the colon. */
const isEmpty = (node: unknown) => isScalar(node) && node.value === null && node.source === ''
