import { atLowRate } from '../workloads.js'
import { shortNumber } from './markdown.js'
import { addedBy, type Figure, type Results } from './results.js'
import { bar, drawing, text } from './svg.js'

interface Panel {
  readonly workload: string
  readonly floor: 'one command' | 'two commands'
}

/** The most common cases, in rows of two. All panels of a chart have the same scale. */
export const allSizes: readonly Panel[] = [
  { workload: '0.5 KB, read one attribute', floor: 'one command' },
  { workload: '20 KB, read one attribute', floor: 'one command' },
  { workload: '0.5 KB, change one attribute', floor: 'two commands' },
  { workload: '20 KB, change one attribute', floor: 'two commands' },
]

/** Small sessions, busy on the left and quiet on the right. */
export const smallSessions: readonly Panel[] = [
  { workload: '0.5 KB, read one attribute', floor: 'one command' },
  { workload: atLowRate('0.5 KB, read one attribute'), floor: 'one command' },
  { workload: '0.5 KB, change one attribute', floor: 'two commands' },
  { workload: atLowRate('0.5 KB, change one attribute'), floor: 'two commands' },
]

const [rowHeight, headHeight, top] = [20, 34, 60]
const [barWidth, valueWidth, leastLabelWidth] = [190, 50, 180]
/** Of text in the size of the chart. */
const letterWidth = 6.5

/** The CPU that each library adds. */
export function barChart(results: Results, panels: readonly Panel[]): string {
  const shown = panels.map(({ workload, floor }) => ({ workload, bars: barsOf(results, workload, floor) }))
  const largest = Math.max(...shown.flatMap(({ bars }) => bars.map(addedBy)))
  const longest = Math.max(...shown.flatMap(({ bars }) => bars.map(({ contestant }) => contestant.length)))
  const labelWidth = Math.max(leastLabelWidth, longest * letterWidth)
  const panelWidth = labelWidth + barWidth + valueWidth + 20
  const panelHeight = headHeight + rowHeight * Math.max(...shown.map(({ bars }) => bars.length))
  const parts = shown.flatMap(({ workload, bars }, i) => {
    const [x, y] = [16 + (i % 2) * panelWidth, top + Math.floor(i / 2) * panelHeight]
    const head = text(x, y + 12, `A session of ${workload}`, 'head')
    return [head, ...bars.flatMap((figure, row) => rowOf(figure, x, y + 22 + row * rowHeight, { labelWidth, largest }))]
  })
  const rate = results.ratePerSecond.toLocaleString('en')
  const subtitle = `µs per request at ${rate} requests/s, medians; ${results.machine}; Node ${results.node}; ${results.date}`
  const height = top + 2 * panelHeight + 10
  const title = 'CPU that session handling adds to the bare framework'
  return drawing(2 * panelWidth + 20, height, title, [text(16, 46, subtitle, 'quiet'), ...parts])
}

/** Ours first, then the peers, then the floor: the Redis commands alone. */
function barsOf({ figures }: Results, workload: string, floor: string): readonly Figure[] {
  const here = figures.filter((figure) => figure.workload === workload)
  const of = (role: Figure['role']) => here.filter((figure) => figure.role === role)
  return [...of('ours'), ...of('peer'), ...here.filter(({ contestant }) => contestant === floor)]
}

interface Scale {
  readonly labelWidth: number
  readonly largest: number
}

function rowOf(figure: Figure, x: number, y: number, { labelWidth, largest }: Scale): readonly string[] {
  const width = (addedBy(figure) / largest) * barWidth
  return [
    text(x, y + 13, figure.role === 'wire' ? `Redis: ${figure.contestant}` : figure.contestant),
    bar(x + labelWidth, y + 3, width, rowHeight - 6, figure.role),
    text(x + labelWidth + Math.max(width, 0) + 6, y + 13, shortNumber(addedBy(figure)), 'quiet'),
  ]
}
