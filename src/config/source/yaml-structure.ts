import { type Document, isPair, isScalar, isSeq, visit, type YAMLMap } from 'yaml'
import { formatPath } from '../path.js'
import { keyOf, startOf } from './yaml-position.js'
import type { TextProblem } from './yaml-syntax.js'

/** Reports what cannot become plain data: aliases without an anchor, and keys that are not words. */
export function brokenNodes(document: Document): TextProblem[] {
  const problems: TextProblem[] = []
  const anchors = new Set<string>()
  visit(document, {
    Value(_, { anchor }) {
      if (anchor) anchors.add(anchor)
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return
      const problem = `There is no anchor &${alias.source} before this alias.`
      problems.push({ offset: startOf(alias) ?? 0, problem, remedy: 'Put the value in quotes if it is not an alias.' })
    },
    Pair(_, { key }) {
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

/** Reports duplicate keys. The last one of a name counts while the rest is checked. */
export function duplicateKeys(document: Document): TextProblem[] {
  const problems: TextProblem[] = []
  visit(document, {
    Map(_, map, ancestors) {
      for (const pair of repeatedPairs(map)) {
        const path = formatPath(pathOf([...ancestors, map, pair]))
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

function pathOf(nodes: readonly unknown[]): PropertyKey[] {
  return nodes.flatMap((node, index) => {
    if (isPair(node)) return keyOf(node)
    const parent = nodes[index - 1]
    return isSeq(parent) ? parent.items.indexOf(node) : []
  })
}
