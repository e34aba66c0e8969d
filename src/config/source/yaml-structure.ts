import { type Document, isPair, isScalar, isSeq, visit, type YAMLMap } from 'yaml'
import { formatPath } from '../path.js'
import { keyOf, startOf } from './yaml-position.js'
import type { TextMistake } from './yaml-syntax.js'

/** What cannot become plain data: aliases of nothing, and keys that are no words. */
export function brokenNodes(document: Document): TextMistake[] {
  const mistakes: TextMistake[] = []
  const anchors = new Set<string>()
  visit(document, {
    Value(_, { anchor }) {
      if (anchor) anchors.add(anchor)
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return
      const problem = `There is no anchor &${alias.source} before this alias.`
      mistakes.push({ offset: startOf(alias) ?? 0, problem, remedy: 'Put the value in quotes if it is no alias.' })
    },
    Pair(_, { key }) {
      if (isScalar(key)) return
      const problem = 'This key is a map, a list or an alias.'
      mistakes.push({
        offset: startOf(key) ?? 0,
        problem,
        remedy: 'Write a word; put a value that begins with { in quotes.',
      })
    },
  })
  return mistakes
}

/** Their last one holds while the rest is checked. */
export function duplicateKeys(document: Document): TextMistake[] {
  const mistakes: TextMistake[] = []
  visit(document, {
    Map(_, map, ancestors) {
      for (const pair of repeatedPairs(map)) {
        const path = formatPath(pathOf([...ancestors, map, pair]))
        mistakes.push({
          offset: startOf(pair.key) ?? 0,
          path,
          problem: 'The key is there already.',
          remedy: 'Keep one of them.',
        })
      }
    },
  })
  return mistakes
}

function repeatedPairs(map: YAMLMap) {
  const seen = new Set<string>()
  return map.items.filter((pair) => {
    const isRepeated = seen.has(keyOf(pair))
    seen.add(keyOf(pair))
    return isRepeated
  })
}

function pathOf(nodes: readonly unknown[]): PropertyKey[] {
  return nodes.flatMap((node, index) => {
    if (isPair(node)) return keyOf(node)
    const parent = nodes[index - 1]
    return isSeq(parent) ? parent.items.indexOf(node) : []
  })
}
