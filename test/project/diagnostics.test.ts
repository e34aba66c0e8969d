import { expect, test } from 'vitest'
import { type Definition, definitions } from '../../src/admin/metrics/definitions.js'
import { channels } from '../../src/diagnostics/channels.js'
import { read } from './sources.js'

const page = read('docs/diagnostics.md')
const metrics = Object.entries<Definition>(definitions)

test('docs/diagnostics.md has a line for each metric, with its kind, labels and meaning', () => {
  const line = ([name, { help, kind, labels }]: [string, Definition]) =>
    `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`.replace('|  |', '| |')
  const documented = page.split('\n').filter((line) => line.startsWith('| `koa_scopes_'))
  expect(documented).toEqual(metrics.map(line))
})

test('docs/diagnostics.md has a line for each channel', () => {
  const documented = [...page.matchAll(/^\| `koa-scopes:(\w+)` \|/gm)].map(([, name]) => name)
  expect(documented).toEqual(Object.keys(channels))
})

interface Target {
  readonly expr: string
}

interface Panel {
  readonly title: string
  readonly targets?: readonly Target[]
}

const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(read('docs/grafana-dashboard.json'))
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

/** What a query may call a metric: a histogram has three series. */
const series = metrics.flatMap(([name, { kind }]) =>
  kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
)

/** The metric and the labels of each selector in a query. */
const selectors = (expr: string) =>
  [...expr.matchAll(/\b(koa_scopes_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', labels = '']) => ({
    name,
    labels: [...labels.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label),
  }))

test('the dashboard asks for metrics that exist, by labels that they have', () => {
  const known = (name: string) => metrics.find(([metric]) => name.startsWith(metric) && series.includes(name))?.[1]
  const wrong = expressions.flatMap((expr) =>
    selectors(expr)
      .filter(({ name, labels }) => !known(name) || labels.some((label) => !known(name)?.labels.includes(label)))
      .map(({ name }) => `${name} in ${expr}`),
  )
  expect(expressions.length).toBeGreaterThan(15)
  expect(wrong).toEqual([])
})

test('the dashboard groups by labels that its metrics have', () => {
  const wrong = expressions.filter((expr) => {
    const labels = selectors(expr).flatMap(({ name }) =>
      metrics.filter(([metric]) => name.startsWith(metric)).flatMap(([, definition]) => definition.labels),
    )
    const groups = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '))
    return groups.some((group) => group !== 'le' && !labels.includes(group))
  })
  expect(wrong).toEqual([])
})

test('the dashboard shows every metric', () => {
  const asked = expressions.flatMap(selectors).map(({ name }) => name)
  expect(metrics.map(([name]) => name).filter((name) => !asked.some((it) => it.startsWith(name)))).toEqual([])
})
