import type { ConfigProblem } from '../../errors/error-table.js'
import type { Path } from '../path.js'

/** A place in a file. Line and column count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A configuration as it was written: unchecked, with variables not yet replaced. */
export interface Source {
  /** The file's name as it was given; `config` for an object. */
  readonly name: string
  /** The start of relative paths. */
  readonly directory: string
  readonly tree: unknown
  /** Problems of the text that leave the tree readable. */
  readonly problems: readonly ConfigProblem[]
  /** The position of the key or value on this path, or of the nearest map around it. undefined for an object. */
  locate(path: Path, part: 'key' | 'value'): Position | undefined
}
