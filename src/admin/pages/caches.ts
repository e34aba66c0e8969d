import type { CacheHealth } from '../../storage/caches/cache.js'
import { type Answer, notFound } from '../answer.js'
import type { Desk } from '../desk.js'
import { type Html, html } from '../html/html.js'
import { empty, facts, live, panel, table } from '../html/parts.js'
import { paths } from '../html/paths.js'
import { counted, moment, pathWords, sized, span } from '../html/words.js'
import type { Route, Visit } from '../route.js'
import type { Outage } from '../watch/outages.js'
import { stateOf } from './cache-state.js'
import { cacheJson } from './health-json.js'
import { objectsPanel, shownObject } from './objects.js'

/** The caches: their health and outages. */
export const cachesRoutes = (desk: Desk): readonly Route[] => [
  { method: 'GET', path: '/caches', answer: () => listPage(desk) },
  { method: 'GET', path: '/caches/:cache', answer: (visit) => cachePage(desk, visit) },
]

async function listPage(desk: Desk): Promise<Answer> {
  const { caches } = await desk.operated.health()
  const entries = Object.entries(caches)
  return {
    title: 'Caches',
    section: 'caches',
    data: { caches: Object.fromEntries(entries.map(([name, health]) => [name, cacheJson(health)])) },
    body: () => live('caches', 5, table('Caches as this node sees them', columns(desk), entries)),
  }
}

const columns = ({ operated: { config } }: Desk) => [
  { heading: 'Cache', cell: ([name]: [string, CacheHealth]) => html`<a href="${paths.cache(name)}">${name}</a>` },
  { heading: 'Driver', cell: ([name]: [string, CacheHealth]) => config.caches.get(name)?.driver.name ?? '' },
  { heading: 'State', cell: ([, health]: [string, CacheHealth]) => stateOf(health) },
  {
    heading: 'Answers in',
    isNumber: true,
    cell: ([, health]: [string, CacheHealth]) =>
      health.status === 'up' ? `${health.latencyMs.toFixed(2)} ms` : html`<span class="none">no answer</span>`,
  },
  {
    heading: 'Outages',
    isNumber: true,
    cell: ([, { outages }]: [string, CacheHealth]) => counted(outages),
  },
  {
    heading: 'Failed calls',
    isNumber: true,
    cell: ([, { failures }]: [string, CacheHealth]) => counted(failures),
  },
]

async function cachePage(desk: Desk, { operator, params, query }: Visit): Promise<Answer> {
  const { cache: name = '' } = params
  const { caches } = await desk.operated.health()
  const health = Object.hasOwn(caches, name) ? caches[name] : undefined
  if (!health) throw notFound(`There is no cache ${JSON.stringify(name)}.`)
  const object = await shownObject(desk, name, query.get('key') ?? undefined)
  const outages = desk.outages.of(name)
  return {
    title: `Cache ${name}`,
    section: 'caches',
    data: { name, health: cacheJson(health), outages, ...(object && { object: object.data }) },
    body: () => html`${live('health', 5, healthPanel(desk, name, health))}
${panel('outages', 'Outages', live('outage-list', 5, outageTable(outages, desk.operated.clock.now())))}
${objectsPanel(desk, name, object, operator)}`,
  }
}

function healthPanel({ operated }: Desk, name: string, health: CacheHealth): Html {
  const cache = operated.config.caches.get(name)
  const now = operated.clock.now()
  return html`<section class="panel" aria-labelledby="health-heading"><div class="head"><h2 id="health-heading">Health</h2> ${stateOf(health)}</div>
${health.status === 'down' ? html`<p class="problem">${health.error.message}</p>` : health.warnings.map((warning) => html`<p class="problem">${warning}</p>`)}
${facts([
  ['Driver', cache?.driver.name ?? ''],
  ['May hold scopes', cache?.storage ? 'yes' : 'no'],
  ...(health.status === 'down'
    ? [
        [
          'Unavailable since',
          health.unavailableSince === undefined ? 'now' : moment(health.unavailableSince, now),
        ] as const,
      ]
    : [
        ['Answers in', `${health.latencyMs.toFixed(2)} ms`] as const,
        ...(health.clockOffsetMs === undefined
          ? []
          : [['Its clock is ahead by', `${health.clockOffsetMs} ms`] as const]),
        ...Object.entries(health.details ?? {}).map(([term, value]) => [termOf(term), detailOf(term, value)] as const),
      ]),
  ['Outages since the start', counted(health.outages)],
  ['Failed calls since the start', counted(health.failures)],
])}</section>`
}

/** The name of a detail in words: `sealingKeys` is "Sealing keys". */
const termOf = (name: string): string => {
  if (name === 'bytes') return 'Size'
  const words = name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

function detailOf(name: string, value: unknown): Html | string {
  if (typeof value === 'number') return /bytes$/i.test(name) ? sized(value) : counted(value)
  return name === 'path' ? pathWords(String(value)) : String(value)
}

const outageTable = (outages: readonly Outage[], now: number): Html =>
  outages.length === 0
    ? empty('None since this process started.')
    : table(
        'Outages as this node saw them, the newest first',
        [
          { heading: 'Began', cell: ({ from }) => moment(from, now) },
          {
            heading: 'Lasted',
            cell: ({ from, lastedMs }) => (lastedMs === undefined ? `${span(now - from)} so far` : span(lastedMs)),
          },
          {
            heading: 'Failed calls',
            isNumber: true,
            cell: ({ failures }) => (failures === undefined ? '' : counted(failures)),
          },
          { heading: 'Reason', cell: ({ reason }) => reason ?? '' },
        ],
        outages,
      )
