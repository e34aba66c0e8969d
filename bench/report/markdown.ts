/** A Markdown table; the first column names the rows. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), `|${heads.map((_, i) => (i === 0 ? '---|' : '---:|')).join('')}`, ...rows.map(line)].join('\n')
}

/** Whole numbers from 10 on, one digit after the point below. */
export const shortNumber = (value: number): string =>
  Math.abs(value) < 9.95 ? value.toFixed(1).replace(/^-0\.0$/, '0.0') : value.toFixed(0)
