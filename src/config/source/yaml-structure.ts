import { type Document, isPair, isScalar, isSeq, visit, type YAMLMap } from 'yaml'
import { formatPath } from '../path.js'
import { shownPath } from '../shown.js'
import { keyOf, startOf } from './yaml-position.js'
import type { TextProblem } from './yaml-syntax.js'

/** Reports what cannot become plain data: aliases without an anchor, keys that are not words, and keys without a colon. No message repeats the text, which may be a password without quotes. */
export function brokenNodes(document: Document): TextProblem[] {
  const problems: TextProblem[] = []
  const anchors = new Set<string>()
  visit(document, {
    Value(_, { anchor }) {
      if (anchor) anchors.add(anchor)
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return
      const problem = 'This alias has no anchor before it.'
      problems.push({ offset: startOf(alias) ?? 0, problem, remedy: 'Put the value in quotes if it begins with *.' })
    },
    Pair(_, { key, value }) {
      if (isScalar(key) && value === null) problems.push({ offset: startOf(key) ?? 0, ...withoutColon })
      if (isScalar(key)) return
      const problem = 'This key is a map, a list or an alias.'
      problems.push({
        offset: startOf(key) ?? 0,
        problem,
        remedy: 'Write a word; put a value that begins with { in quotes.',
      })
    },
  })
  return problems
}

const withoutColon = {
  problem: 'This key has no colon.',
  remedy: 'Write a colon and a space after it; put a value that contains a comma in quotes.',
}

/** Reports duplicate keys. The last one of a name counts while the rest is checked. */
export function duplicateKeys(document: Document): TextProblem[] {
  const problems: TextProblem[] = []
  const indexes = new Map<unknown, number>()
  visit(document, {
    Seq(_, { items }) {
      items.forEach((item, index) => void indexes.set(item, index))
    },
    Map(_, map, ancestors) {
      for (const pair of repeatedPairs(map)) {
        const path = formatPath(shownPath(pathOf([...ancestors, map, pair], indexes)))
        problems.push({
          offset: startOf(pair.key) ?? 0,
          path,
          problem: 'This key is written twice.',
          remedy: 'Keep one of them.',
        })
      }
    },
  })
  return problems
}

function repeatedPairs(map: YAMLMap) {
  const seen = new Set<string>()
  return map.items.filter((pair) => {
    const isRepeated = seen.has(keyOf(pair))
    seen.add(keyOf(pair))
    return isRepeated
  })
}

function pathOf(nodes: readonly unknown[], indexes: ReadonlyMap<unknown, number>): PropertyKey[] {
  return nodes.flatMap((node, index) => {
    if (isPair(node)) return keyOf(node)
    const parent = nodes[index - 1]
    return isSeq(parent) ? (indexes.get(node) ?? []) : []
  })
}
