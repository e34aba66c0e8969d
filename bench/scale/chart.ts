import { grouped } from '../grouped.js'
import { drawing, line, text } from '../report/svg.js'
import type { ScaleResults } from './results.js'

interface Point {
  readonly series: string
  readonly count: number
  readonly value: number
}

const [width, height, top, bottom] = [460, 300, 80, 30]
const [left, labelWidth] = [50, 190]

/** scale.svg, or the chart of these stores alone */
export function scaleChart(results: ScaleResults): string {
  const cpu = results.requests.map(({ contestant, workload, count, cpu }) => ({
    series: `${short(contestant)}, ${workload.includes('read') ? 'read' : 'change'}`,
    count,
    value: cpu.median,
  }))
  const bytes = [
    ...results.stores.map(({ store, count, bytes }) => ({ series: `in ${store}`, count, value: bytes })),
    ...results.nodes.map(({ mode, count, bytes }) => ({ series: `in a node, ${mode}`, count, value: bytes })),
  ]
  return drawing(2 * width, height, 'Cost over the number of sessions (0.5 KB each)', [
    text(16, 46, `${results.machine}; Node ${results.node}, ${results.servers}; ${results.date}`, 'quiet'),
    ...panel('µs of CPU per request', cpu, 0),
    ...panel('bytes per session', bytes, width),
  ])
}

const short = (contestant: string) => contestant.replace('koa-scopes, ', '')

function panel(title: string, points: readonly Point[], offset: number): readonly string[] {
  const counts = [...new Set(points.map(({ count }) => count))]
  const largest = Math.max(...points.map(({ value }) => value))
  const [fewest = 1, most = 10] = [counts.at(0), counts.at(-1)]
  const plotWidth = width - left - labelWidth
  const xOf = (count: number) => offset + left + (Math.log(count / fewest) / Math.log(most / fewest)) * plotWidth
  const yOf = (value: number) => height - bottom - (value / largest) * (height - top - bottom)
  const series = [...grouped(points, (point) => point.series)]
  const ends = apart(series.map(([, own]) => yOf(own.at(-1)?.value ?? 0)))
  return [
    text(offset + 16, top - 12, title, 'head'),
    line(
      [
        [xOf(fewest), yOf(0)],
        [xOf(most), yOf(0)],
      ],
      'axis',
    ),
    ...counts.map((count) => text(xOf(count) - 12, height - 10, count.toLocaleString('en'), 'quiet')),
    ...series.flatMap(([name, own], i) => [
      line(
        own.map(({ count, value }) => [xOf(count), yOf(value)]),
        `line ${i % 2 === 0 ? 'ours' : 'peer'}`,
      ),
      text(xOf(most) + 6, (ends[i] ?? 0) + 4, `${name}: ${Math.round(own.at(-1)?.value ?? 0)}`),
    ]),
  ]
}

/** Heights for labels, moved down so that no label covers another. */
function apart(heights: readonly number[]): readonly number[] {
  const step = 14
  const placed: number[] = []
  const order = heights.map((height, i) => ({ height, i })).sort((a, b) => a.height - b.height)
  let lowest = Number.NEGATIVE_INFINITY
  for (const { height, i } of order) {
    lowest = Math.max(height, lowest + step)
    placed[i] = lowest
  }
  return placed
}
