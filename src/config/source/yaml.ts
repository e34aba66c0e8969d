import { Composer, type Document, LineCounter, Parser } from 'yaml'
import type { ConfigProblem } from '../../errors/error-table.js'
import { reasonOf } from '../../errors/scopes-error.js'
import { ConfigError } from '../config-error.js'
import type { Position, Source } from './source.js'
import { offsetOf } from './yaml-position.js'
import { brokenNodes, duplicateKeys } from './yaml-structure.js'
import { nestedTooDeep, secondDocument, syntaxMistakes, type TextMistake } from './yaml-syntax.js'

/** YAML 1.2 with the core schema, without tags and merge keys. Duplicate keys are looked for by us, in linear time. */
const dialect = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const

/** Mistakes of syntax beyond these follow from the first ones. */
const mostSyntaxMistakes = 20

/** Throws a ConfigError with all mistakes of syntax, if there are any: nothing can be said of the content then. */
export function readYaml(text: string, file: string): Pick<Source, 'tree' | 'problems' | 'locate'> {
  const lines = new LineCounter()
  const problemsOf = (mistakes: readonly TextMistake[]): ConfigProblem[] =>
    mistakes.map(({ offset, path = '', problem, remedy }) => ({
      file,
      ...position(lines, offset),
      path,
      problem,
      remedy,
    }))
  const stopAt = (mistakes: readonly TextMistake[]) => {
    const problems = problemsOf(mistakes.slice(0, mostSyntaxMistakes))
    if (problems.length > 0) throw new ConfigError('CONFIG_INVALID', { source: file, problems })
  }

  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  stopAt(nestedTooDeep(tokens))
  const documents = [...new Composer(dialect).compose(tokens, true, text.length)]
  stopAt([...documents.flatMap(syntaxMistakes), ...documents.slice(1, 2).map(secondDocument)])
  const document = documents[0] as Document
  stopAt(brokenNodes(document))
  return {
    tree: withAliases(document, (mistake) => stopAt([mistake])),
    problems: problemsOf(duplicateKeys(document)),
    locate: (path, part) => position(lines, offsetOf(document, path, part)),
  }
}

/** `toJS` counts what aliases multiply, so that a few lines cannot become gigabytes. */
function withAliases(document: Document, stop: (mistake: TextMistake) => void): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    return stop({ offset: 0, problem: `${reasonOf(cause)}.`, remedy: 'Use fewer aliases.' })
  }
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}
