import { cutTo, padTo, widthOf } from './width.js'

export interface Column {
  readonly title: string
  /** It is never cut, because it is there to be copied. */
  readonly isWhole?: boolean
}

const gap = 2
const narrowest = 8

/**
 * Lines of a table whose columns are as wide as the rows it begins with, and together no wider than the terminal, unless the
 * columns that are never cut are too wide for it. Later rows get the same widths.
 */
export class Table {
  readonly #columns: readonly Column[]
  readonly #widths: readonly number[]
  readonly #isCut: boolean

  /** `columns`: of the terminal; undefined: nothing is cut. */
  constructor(columns: readonly Column[], rows: readonly (readonly string[])[], width: number | undefined) {
    const natural = columns.map(({ title }, at) =>
      Math.max(...[title, ...rows.map((row) => row[at] ?? '')].map(widthOf)),
    )
    this.#columns = columns
    this.#isCut = width !== undefined
    this.#widths = width === undefined ? natural : fitting(columns, natural, width)
  }

  get head(): string {
    return this.row(this.#columns.map(({ title }) => title))
  }

  row(cells: readonly string[]): string {
    return this.#columns
      .map(({ isWhole }, at) => this.#cell(cells[at] ?? '', this.#widths[at] ?? 0, isWhole))
      .join(' '.repeat(gap))
      .trimEnd()
  }

  #cell(text: string, width: number, isWhole = false): string {
    return padTo(width, this.#isCut && !isWhole ? cutTo(width, text) : text)
  }
}

/** Takes columns from the widest that may be cut until all fit, or each is as narrow as it may be. */
function fitting(columns: readonly Column[], natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural]
  const total = () => widths.reduce((sum, each) => sum + each + gap, -gap)
  while (total() > width) {
    const cuttable = widths.map((each, at) => (columns[at]?.isWhole ? 0 : each))
    const widest = Math.max(...cuttable)
    if (widest <= narrowest) break
    widths[cuttable.indexOf(widest)] = widest - 1
  }
  return widths
}
