import { contestantsOf } from '../contestants.js'
import { grouped } from '../grouped.js'
import { type Workload, workloads } from '../workloads.js'
import { shortNumber, table } from './markdown.js'
import { type Figure, figureIn, type Results } from './results.js'
import { spread } from './spread.js'

/** One table per group of workloads: a row per contestant with figures, a column per workload. */
export function tables(results: Results, cellOf: (figure: Figure) => string): string {
  const groups = grouped(workloads, ({ group }) => group)
  return [...groups].map(([group, all]) => groupTable(group, all, results, cellOf)).join('')
}

function groupTable(
  group: string,
  all: readonly Workload[],
  results: Results,
  cellOf: (figure: Figure) => string,
): string {
  const columns = all
    .map(({ name }) => name)
    .filter((name) => results.figures.some(({ workload }) => workload === name))
  const figure = figureIn(results)
  const rows = contestantsOf(results.group).map(({ name }) => [
    name,
    ...columns.map((column) => {
      const found = figure(name, column)
      return found ? cellOf(found) : ''
    }),
  ])
  const filled = rows.filter(([, ...cells]) => cells.some((cell) => cell !== ''))
  if (filled.length === 0) return ''
  return `\n### ${group}\n\n${table(['', ...columns.map((name) => withoutGroup(name, group))], filled)}\n`
}

/** Leaves out the size, which is in the heading. */
const withoutGroup = (name: string, group: string) => {
  const [size = '', ...rest] = name.split(', ')
  return group.endsWith(size) ? rest.join(', ') : name
}

export const cpuCell = ({ added, cpu }: Figure): string => (added ? spread(added) : `(${spread(cpu)} in all)`)

export const trafficCell = ({ traffic }: Figure): string =>
  traffic ? `${shortNumber(traffic.commands)}: ${bytes(traffic.sent)} / ${bytes(traffic.received)}` : ''

export const databaseCell = ({ databaseCpu }: Figure): string => (databaseCpu ? spread(databaseCpu) : '')

export const loggedCell = ({ traffic }: Figure): string => (traffic?.logged === undefined ? '' : bytes(traffic.logged))

export const latencyCell = ({ perSecond, p50, p99 }: Figure): string =>
  `${perSecond.toFixed(0)}/s, ${shortNumber(p50)} / ${shortNumber(p99)} ms`

const bytes = (count: number): string => Math.round(count).toLocaleString('en')
