import type { ConfigProblem } from '../errors/error-table.js'
import { ConfigError } from './config-error.js'
import { formatPath, type Path } from './path.js'
import { PathSet } from './path-set.js'
import { shown } from './shown.js'
import type { Source } from './source/source.js'

export interface Mistake {
  readonly path: Path
  /** What to point at; the value unless said otherwise. */
  readonly part?: 'key' | 'value'
  /** A sentence. `{value}` in it stands for the offending value as it may be shown. */
  readonly problem: string
  /** A sentence. */
  readonly remedy: string
}

/** Collects what is wrong with one configuration, one message for each value. */
export class Mistakes {
  readonly #source: Source
  readonly #problems: ConfigProblem[]
  readonly #wrong = new PathSet()

  constructor(source: Source) {
    this.#source = source
    this.#problems = [...source.problems]
  }

  add({ path, part = 'value', problem, remedy }: Mistake): void {
    if (part === 'value') this.dismiss(path)
    this.#problems.push({
      file: this.#source.name,
      ...this.#source.locate(path, part),
      path: formatPath(path),
      problem: problem.replace('{value}', () => shown(this.#source.tree, path)),
      remedy,
    })
  }

  /** What is there is not to be judged, since it follows from a mistake that has been told. */
  dismiss(path: Path): void {
    this.#wrong.add(path)
  }

  /** Whether a mistake has been told of this value or of one around it. */
  concern(path: Path): boolean {
    return this.#wrong.covers(path)
  }

  get any(): boolean {
    return this.#problems.length > 0
  }

  /** All of them, in the order of the file. */
  toError(): ConfigError {
    const problems = this.#problems.toSorted(byPosition)
    return new ConfigError('CONFIG_INVALID', { source: this.#source.name, problems })
  }
}

const byPosition = (a: ConfigProblem, b: ConfigProblem) =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
