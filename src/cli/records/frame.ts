import type { InspectedCache } from '../caches/inspected.js'
import { cellsOf as cacheCells } from '../caches/report.js'
import type { Output } from '../terminal/output.js'
import { Table } from '../terminal/table.js'
import { visible } from '../terminal/visible.js'
import { cutTo } from '../terminal/width.js'
import type { Observation, Observed, WatchEvent } from './observation.js'

const whole = (title: string) => ({ title, isWhole: true })

/** What `watch` shows on a terminal: as many lines as it has, none longer than it is wide. */
export function frameOf(observation: Observation, events: readonly WatchEvent[], output: Output): readonly string[] {
  const { applications, at, caches, scope } = observation
  const width = output.columns ?? 80
  const lines = [
    `koa-scopes, ${scope}s, ${at.toISOString()}. Ctrl-C ends it.`,
    '',
    ...tableLines(
      [whole('APPLICATION'), whole(`${scope}s`.toUpperCase()), { title: '' }],
      applications.map(applicationCells),
      width,
    ),
    '',
    ...tableLines(['CACHE', 'DRIVER', 'STATUS', 'LATENCY', 'CLOCK'].map(whole), caches.map(cacheCells), width),
    ...caches.flatMap(problemsOf),
    '',
    'NEWEST LOGINS AND ENDS',
  ]
  const room = Math.max(0, output.rows - 1 - lines.length)
  return [...lines, ...events.slice(0, room).map(eventLine)].slice(0, output.rows - 1).map((line) => cutTo(width, line))
}

const tableLines = (
  columns: ConstructorParameters<typeof Table>[0],
  rows: readonly (readonly string[])[],
  width: number,
) => {
  const table = new Table(columns, rows, width)
  return [table.head, ...rows.map((row) => table.row(row))]
}

function applicationCells({ application, look, problem }: Observed): readonly string[] {
  if (problem !== undefined) return [visible(application), '-', visible(problem)]
  const note = look?.isFollowed === false ? 'too many to follow logins and ends' : ''
  return [visible(application), `${look?.count ?? '-'}`, note]
}

const problemsOf = ({ name, problem }: InspectedCache): readonly string[] =>
  problem === undefined ? [] : [`  ${name}: ${visible(problem)}`]

/** The principal comes last, because it may be long and is cut. */
const eventLine = ({ application, at, event, id, principal }: WatchEvent): string =>
  `${at.toISOString().slice(11, 19)}  ${event.padEnd(5)}  ${visible(application)}  ${visible(id)}  ${visible(principal ?? '-')}`
