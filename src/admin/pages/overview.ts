import type { Desk } from '../desk.js'
import { type Html, html } from '../html/html.js'
import { badge, live, panel, table } from '../html/parts.js'
import { paths } from '../html/paths.js'
import { counted, span, stamp } from '../html/words.js'
import type { NodeHealth } from '../operated.js'
import type { Route } from '../route.js'
import type { Count } from '../watch/counts.js'
import type { Sample } from '../watch/samples.js'
import { stateOf } from './cache-state.js'
import { chartsOf, figure } from './charts.js'
import { healthJson } from './health-json.js'
import { scopesOf } from './scopes.js'

/** The overview: the state of this node, the charts, and the records in the stores; and the figures of the charts. */
export const overviewRoutes = (desk: Desk): readonly Route[] => [
  {
    method: 'GET',
    path: '/',
    async answer() {
      const [health, counts] = await Promise.all([desk.operated.health(), desk.counts.all()])
      return {
        title: 'Overview',
        section: 'overview',
        data: overviewJson(desk, health, counts),
        body: () => body(desk, health, counts),
      }
    },
  },
  {
    method: 'GET',
    path: '/samples',
    async answer({ query }) {
      const samples = desk.samples.after(Number(query.get('after') ?? 0))
      return {
        title: 'Samples',
        section: 'overview',
        data: { samples },
        body: () =>
          html`<p>The figures of the charts, for programs: ask with <code>Accept: application/json</code>.</p>`,
      }
    },
  },
]

function overviewJson({ operated, samples, startedAt }: Desk, health: NodeHealth, counts: ReadonlyMap<string, Count>) {
  return {
    status: health.status,
    isClosing: operated.isClosing(),
    process: { pid: process.pid, node: process.version, startedAt: new Date(startedAt) },
    health: healthJson(health),
    records: Object.fromEntries(counts),
    sample: samples.last ?? null,
  }
}

function body(desk: Desk, health: NodeHealth, counts: ReadonlyMap<string, Count>): Html {
  const { operated, samples } = desk
  const caches = [...operated.config.caches.keys()].filter((name) => name !== 'memory' || isUsed(desk, name))
  const charts = chartsOf(caches, [...counts.keys()])
  return html`${live('state', 5, state(desk, health))}
${panel(
  'stores',
  'In the stores',
  live(
    'counts',
    10,
    html`<p class="scope">Counted in the stores, so they are the same on every node.</p>${countTable(desk, counts)}`,
  ),
)}
${panel(
  'charts',
  'On this node',
  html`<p class="scope">Figures of this process alone, in steps of 5 seconds over the last hour. Times are in UTC.</p>
<div class="charts">${charts.map((chart) => figure(chart, withCounts(samples.last, counts)))}</div>`,
)}`
}

/** The newest figures. The first samples have no records yet, which are counted for this page in any case. */
const withCounts = (sample: Sample | undefined, counts: ReadonlyMap<string, Count>): Partial<Sample> => ({
  ...sample,
  records: Object.fromEntries([...counts].flatMap(([scope, it]) => ('count' in it ? [[scope, it.count]] : []))),
})

/** The built-in cache is there in any case. */
const isUsed = ({ operated: { config } }: Desk, cache: string) =>
  [...config.applications.values()].some(({ client, session }) => [client, session].some((it) => it?.storage === cache))

function state({ operated, startedAt }: Desk, health: NodeHealth): Html {
  const now = operated.clock.now()
  const troubled = Object.entries(health.caches).filter(
    ([, cache]) => cache.status === 'down' || cache.warnings.length > 0,
  )
  return html`<div class="state">
<p class="verdict">${health.status === 'ok' ? badge('good', 'All is well') : badge('bad', 'Needs attention')}
<span>Process ${process.pid}, Node ${process.version}, up for ${span(now - startedAt)}</span></p>
${troubled.length > 0 && html`<ul class="troubles">${troubled.map(([name, cache]) => html`<li><a href="${paths.cache(name)}">${name}</a> ${stateOf(cache)} ${cache.status === 'down' ? cache.error.message : cache.warnings.join(' ')}</li>`)}</ul>`}
<p class="updated">As of ${stamp(new Date(now))}</p>
</div>`
}

const countTable = (desk: Desk, counts: ReadonlyMap<string, Count>): Html =>
  table(
    'Live records',
    [
      {
        heading: 'Scope',
        cell: ({ application, kind }) =>
          html`<a href="${paths.records(application, kind)}">${application}, ${kind}s</a>`,
      },
      { heading: 'Cache', cell: ({ config }) => html`<a href="${paths.cache(config.storage)}">${config.storage}</a>` },
      {
        heading: 'Records',
        isNumber: true,
        cell: ({ application, isSealed, kind }) => numberOf(counts.get(`${application}:${kind}`), isSealed),
      },
    ],
    scopesOf(desk.operated),
  )

function numberOf(count: Count | undefined, isSealed: boolean): Html {
  if (isSealed) return html`<span class="none">in their visitors’ cookies</span>`
  if (count && 'count' in count) return html`${counted(count.count)}`
  return html`<span class="none" title="${count?.problem}">not known</span>`
}
