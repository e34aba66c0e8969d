import type { ConfigProblem } from '../../errors/error-table.js'
import type { Path } from '../path.js'

/** Both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A configuration as it was written: nothing in it is checked, no variable replaced. */
export interface Source {
  /** The file as it was named, `config` for an object. */
  readonly name: string
  /** Where relative paths start. */
  readonly directory: string
  readonly tree: unknown
  /** Mistakes of the text that leave the tree readable. */
  readonly problems: readonly ConfigProblem[]
  /** Where the key on this path stands, or its value; where there is none, the nearest map around it. Objects have no positions. */
  locate(path: Path, part: 'key' | 'value'): Position | undefined
}
