import { line, text } from '../report/svg.js'
import type { Series } from './prometheus.js'

export interface Panel {
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
  readonly fieldConfig?: { readonly defaults: { readonly unit: string; readonly max?: number } }
}

/** A series with its name in the legend. */
export interface NamedSeries extends Series {
  readonly name: string
}

/** A column and a row of Grafana's grid, in pixels. */
export const cell = { width: 48, height: 26 }
const legendLines = 5
/** In the legend, more or less. */
const letterWidth = 6.4

/** A panel of the dashboard in its place, `top` pixels from the top. */
export function drawnPanel({ fieldConfig, gridPos, title, type }: Panel, all: readonly NamedSeries[], top: number) {
  const { max: highest, unit = 'none' } = fieldConfig?.defaults ?? {}
  const box = { x: 12 + gridPos.x * cell.width, y: top + gridPos.y * cell.height, width: gridPos.w * cell.width - 12 }
  const head = text(box.x, box.y + 14, title, 'head')
  if (type === 'row') return [text(box.x, box.y + 18, title, 'title')]
  if (type === 'stat')
    return [
      head,
      ...all.map((series, at) => text(box.x, box.y + 34 + at * 18, `${series.name}  ${shown(last(series), unit)}`)),
    ]
  return [head, ...chart(all, { ...box, y: box.y + 22, height: 88 }, unit, highest), ...legend(all, box, unit)]
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function chart(all: readonly NamedSeries[], { x, y, width, height }: Box, unit: string, highest?: number): string[] {
  const points = all.flatMap(({ points }) => points)
  if (points.length === 0) return [text(x, y + height / 2, 'no data', 'quiet')]
  const top = highest ?? Math.max(...points.map(([, value]) => value), Number.MIN_VALUE)
  const times = points.map(([at]) => at)
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const place = ([at, value]: readonly [number, number]) =>
    [x + ((at - from) / (to - from || 1)) * width, y + height - (value / top) * height] as const
  return [
    line(
      [
        [x, y],
        [x + width, y],
      ],
      'axis',
    ),
    line(
      [
        [x, y + height],
        [x + width, y + height],
      ],
      'axis',
    ),
    text(x + width, y - 8, shown(top, unit), 'quiet end'),
    ...all.map((series, at) => line(series.points.map(place), `line c${at % 6}`)),
  ]
}

function legend(all: readonly NamedSeries[], { x, y, width }: Omit<Box, 'height'>, unit: string): string[] {
  const half = width / 2
  const longest = Math.floor((half - 24) / letterWidth)
  return all.slice(0, legendLines * 2).flatMap((series, at) => {
    const left = x + (at % 2) * half
    const baseline = y + 126 + Math.floor(at / 2) * 15
    const dash = [
      [left, baseline - 4],
      [left + 12, baseline - 4],
    ] as const
    const words = `${shown(Math.max(...series.points.map(([, value]) => value)), unit)}  ${series.name}`
    return [line(dash, `line c${at % 6}`), text(left + 17, baseline, words.slice(0, longest), 'small')]
  })
}

const last = ({ points }: Series) => points.at(-1)?.[1] ?? Number.NaN

function shown(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'no data'
  if (unit === 's') return value < 0.001 ? `${(value * 1e6).toPrecision(3)} µs` : `${(value * 1e3).toPrecision(3)} ms`
  if (unit === 'percentunit') return `${(value * 100).toFixed(0)} %`
  if (unit === 'bytes') return `${value.toFixed(0)} B`
  return unit === 'ops' ? `${Number(value.toPrecision(3))}/s` : `${Number(value.toPrecision(3))}`
}
