import { Composer, type Document, LineCounter, Parser } from 'yaml'
import type { ConfigProblem } from '../../errors/error-table.js'
import { reasonOf } from '../../errors/scopes-error.js'
import { ConfigError } from '../config-error.js'
import type { Position, Source } from './source.js'
import { Positions } from './yaml-position.js'
import { brokenNodes, duplicateKeys } from './yaml-structure.js'
import { nestedTooDeep, secondDocument, syntaxProblems, type TextProblem, withoutSource } from './yaml-syntax.js'

/** YAML 1.2 with the core schema, without tags and merge keys. `duplicateKeys` finds duplicate keys in linear time. */
const dialect = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const

/** The most syntax problems reported: further ones usually follow from these. */
const mostSyntaxProblems = 20

/** Reads a YAML text. Throws ConfigError with all syntax problems, because the content cannot be checked then. */
export function readYaml(text: string, file: string): Pick<Source, 'tree' | 'problems' | 'locate'> {
  const lines = new LineCounter()
  const placed = (found: readonly TextProblem[]): ConfigProblem[] =>
    found.map(({ offset, path = '', problem, remedy }) => ({
      file,
      ...position(lines, offset),
      path,
      problem,
      remedy,
    }))
  const stopAt = (found: readonly TextProblem[]) => {
    const problems = placed(found.slice(0, mostSyntaxProblems))
    if (problems.length > 0) throw new ConfigError('CONFIG_INVALID', { source: file, problems })
  }

  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  stopAt(nestedTooDeep(tokens))
  const documents = [...new Composer(dialect).compose(tokens, true, text.length)]
  stopAt([...documents.flatMap(syntaxProblems), ...documents.slice(1, 2).map(secondDocument)])
  const document = documents[0] as Document
  stopAt(brokenNodes(document))
  const positions = new Positions(document)
  return {
    tree: withAliases(document, (problem) => stopAt([problem])),
    problems: placed(duplicateKeys(document)),
    locate: (path, part) => position(lines, positions.offsetOf(path, part)),
  }
}

/** Resolves aliases. `toJS` limits how much they multiply the data, so that a few lines cannot become gigabytes. */
function withAliases(document: Document, stop: (problem: TextProblem) => void): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    return stop({ offset: 0, problem: `${withoutSource(reasonOf(cause))}.`, remedy: 'Use fewer aliases.' })
  }
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}
