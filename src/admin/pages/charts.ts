import { type Html, html } from '../html/html.js'
import { counted, sized } from '../html/words.js'
import type { Sample } from '../watch/samples.js'

interface Series {
  readonly label: string
  /** Where its figure is in a sample, as in `memory.heap`. */
  readonly path: string
}

interface Chart {
  readonly title: string
  readonly unit: 'rate' | 'ms' | 'bytes' | 'count'
  readonly series: readonly Series[]
}

/** The charts of a node with these caches and scopes. */
export const chartsOf = (caches: readonly string[], scopes: readonly string[]): readonly Chart[] => [
  {
    title: 'Loads and commits',
    unit: 'rate',
    series: [
      { label: 'loads', path: 'loads' },
      { label: 'commits', path: 'commits' },
    ],
  },
  ...caches.map(
    (cache): Chart => ({
      title: `Latency of ${cache}`,
      unit: 'ms',
      series: [
        { label: 'half within', path: `caches.${cache}.p50` },
        { label: '95% within', path: `caches.${cache}.p95` },
      ],
    }),
  ),
  {
    title: 'Ends and errors',
    unit: 'rate',
    series: [
      { label: 'ends', path: 'ends' },
      { label: 'errors', path: 'errors' },
    ],
  },
  {
    title: 'Event loop delay',
    unit: 'ms',
    series: [
      { label: 'half within', path: 'delay.p50' },
      { label: '95% within', path: 'delay.p95' },
    ],
  },
  {
    title: 'Memory of the process',
    unit: 'bytes',
    series: [
      { label: 'resident', path: 'memory.resident' },
      { label: 'heap', path: 'memory.heap' },
    ],
  },
  ...(scopes.length === 0
    ? []
    : [
        {
          title: 'Records in the stores',
          unit: 'count',
          series: scopes.map((scope) => ({ label: scope.replace(':', ' '), path: `records.${scope}` })),
        } as const,
      ]),
]

/** A chart as it is without a script: its newest figures. The script draws it and keeps the figures up to date. */
export const figure = (chart: Chart, last: Partial<Sample>): Html => html`<figure data-chart="${JSON.stringify(chart)}">
<figcaption><b>${chart.title}</b> <span class="legend">${chart.series.map(({ label, path }) => {
  const value = valueAt(last, path)
  return html`<span class="series">${label} <output data-path="${path}">${value === undefined ? 'no figure' : shownAs(chart.unit, value)}</output></span> `
})}</span></figcaption>
<div class="plot" aria-hidden="true"></div>
</figure>`

/** The script writes figures in the same way. */
const shownAs = (unit: Chart['unit'], value: number): string =>
  ({
    rate: () => `${rounded(value)}/s`,
    ms: () => `${rounded(value)} ms`,
    bytes: () => sized(value),
    count: () => counted(value),
  })[unit]()

/** With three digits that count, or as many as there are. */
const rounded = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

function valueAt(sample: Partial<Sample>, path: string): number | undefined {
  const value = path.split('.').reduce((at: unknown, key) => (at as Record<string, unknown> | undefined)?.[key], sample)
  return typeof value === 'number' ? value : undefined
}
