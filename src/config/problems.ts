import type { ConfigProblem } from '../errors/error-table.js'
import { ConfigError } from './config-error.js'
import { formatPath, type Path } from './path.js'
import { PathSet } from './path-set.js'
import { mask, shown, shownPath } from './shown.js'
import type { Source } from './source/source.js'

export interface Problem {
  readonly path: Path
  /** Whether the position is that of the key or of the value. Default: value. */
  readonly part?: 'key' | 'value'
  /** The last key is not shown: it may be a piece of a secret. */
  readonly isKeyHidden?: boolean
  /** A sentence. `{value}` in it is replaced by the offending value, with secrets masked. */
  readonly problem: string
  /** A sentence. */
  readonly remedy: string
}

/** The problems of one configuration. */
export class Problems {
  readonly #source: Source
  readonly #problems: ConfigProblem[]
  readonly #wrong = new PathSet()
  #secrets: ReadonlySet<string> = new Set()

  constructor(source: Source) {
    this.#source = source
    this.#problems = [...source.problems]
  }

  /** Takes the strings that no message may show. */
  hide(secrets: ReadonlySet<string>): void {
    this.#secrets = secrets
  }

  add({ path, part = 'value', isKeyHidden = false, problem, remedy }: Problem): void {
    if (part === 'value') this.dismiss(path)
    this.#problems.push({
      file: this.#source.name,
      ...this.#source.locate(path, part),
      path: formatPath(isKeyHidden ? [...shownPath(path.slice(0, -1)), mask] : shownPath(path)),
      problem: problem.replace('{value}', () => shown(this.#source.tree, path, this.#secrets)),
      remedy,
    })
  }

  /** Marks a value as not to be judged, because it follows from a problem that has been reported. */
  dismiss(path: Path): void {
    this.#wrong.add(path)
  }

  /** Whether this value, or one around it, has a reported problem or was dismissed. */
  has(path: Path): boolean {
    return this.#wrong.covers(path)
  }

  get any(): boolean {
    return this.#problems.length > 0
  }

  /** An error with all problems, in the order of the file. */
  toError(): ConfigError {
    const problems = this.#problems.toSorted(byPosition)
    return new ConfigError('CONFIG_INVALID', { source: this.#source.name, problems })
  }
}

const byPosition = (a: ConfigProblem, b: ConfigProblem) =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
