import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml'
import type { Path } from '../path.js'

/** Finds places in a document. It remembers the keys of each map and the target of each alias, so that many problems take linear time. */
export class Positions {
  readonly #document: Document
  readonly #keys = new WeakMap<YAMLMap, Map<string, Pair>>()
  readonly #targets = new WeakMap<object, unknown>()

  constructor(document: Document) {
    this.#document = document
  }

  /** The offset of the key or value on this path. If the path leads nowhere, that of the last key found. */
  offsetOf(path: Path, part: 'key' | 'value'): number {
    let offset = 0
    let node: unknown = this.#document.contents
    for (const key of path) {
      const step = this.#stepInto(this.#resolved(node), key)
      if (!step) return offset
      offset = startOf(step.key) ?? offset
      node = step.value
    }
    return part === 'value' && !isEmpty(node) ? (startOf(node) ?? offset) : offset
  }

  #resolved(node: unknown): unknown {
    if (!isAlias(node)) return node
    if (!this.#targets.has(node)) this.#targets.set(node, node.resolve(this.#document))
    return this.#targets.get(node)
  }

  /** The key and value below a node. An item of a list is its own key. Of duplicate keys, the last one counts. */
  #stepInto(node: unknown, key: PropertyKey): { key: unknown; value: unknown } | undefined {
    if (isMap(node)) return this.#keysOf(node).get(String(key))
    if (!isSeq(node) || !(Number(key) in node.items)) return undefined
    return { key: node.items[Number(key)], value: node.items[Number(key)] }
  }

  #keysOf(map: YAMLMap): Map<string, Pair> {
    const keys = this.#keys.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair), pair]))
    this.#keys.set(map, keys)
    return keys
  }
}

/** The offset at which a node begins; undefined if it was not read from a text. */
export function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

export const keyOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key)

/** Whether nothing is written after the colon. */
const isEmpty = (node: unknown) => isScalar(node) && node.value === null && node.source === ''
