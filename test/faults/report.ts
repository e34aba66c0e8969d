import { cpus } from 'node:os'
import { type Figures, toleranceMs } from './figures.js'
import type { Store } from './store.js'
import { deadlineMs } from './world.js'

export interface Result {
  readonly title: string
  readonly runs: number
  readonly figures: Figures
}

/** The section of a store in docs/faults.md. */
export const section = ({ title, remarks }: Store, results: readonly Result[], command: string): string => `## ${title}

${machine()}; made with \`${command}\`.

${table(results)}

${remarks}
`

/** The page docs/faults.md with this section in it, in place of the one it had before. */
export function pageWith(own: string, page: string): string {
  const title = titleOf(own)
  const others = page.split(/^(?=## )/m).slice(1)
  const sections = others.some((other) => titleOf(other) === title)
    ? others.map((other) => (titleOf(other) === title ? own : other))
    : [...others, own]
  return [introduction, ...sections.map((text) => `${text.trimEnd()}\n`)].join('\n')
}

const titleOf = (text: string): string => text.slice(0, text.indexOf('\n'))

const introduction = `# Faults under load

See which requests fail, and whether anything is lost, while the store or nodes fail under load.

50 visitors use four nodes, each in its own process, with \`cluster: true\` and \`deadline: ${deadlineMs}ms\`. Every visitor writes
counters, reads, logs in, rotates, logs out and begins again, each time on any node, and notes every answer. A checker
that knows only these notes, and the state at the end, judges them.

These columns must be 0:

- **lost**: writes acknowledged with 2xx that a later request, or the check at the end, did not find.
- **strangers**: answers with the session of another visitor.
- **came back**: sessions found after their logout was acknowledged, or opened by a cookie that an acknowledged rotation
  had replaced.
- **refused**: requests that failed although this fault must not affect them; which these are stands below each table.
- **late**: requests that took longer than allowed. A request asks the store at most twice (a read once), each time for
  at most the deadline; ${toleranceMs} ms are added for a busy machine. On a machine that other programs keep
  busy some are late. **longest** is the longest time that any request took.

The other columns:

- **503**: mostly answered at once, while there is no connection. **errors**: requests without any answer, because their
  node was killed, and answers other than 2xx, 409 and 503.
- **lost by the store**: writes that the store acknowledged and forgot in a failover, as found by a client that does not use
  this project.
- **uncertain**: writes without a 2xx, by their result: applied, not applied, overwritten before any check.
- **back**: time from the end of the fault to the first success, on the first node and on the last; the longest of
  all runs.
`

const columns: readonly (readonly [string, (result: Result) => string | number])[] = [
  ['fault', ({ title }) => title],
  ['runs', ({ runs }) => runs],
  ['requests', ({ figures }) => figures.requests],
  ['503', ({ figures }) => figures.unavailable],
  ['errors', ({ figures }) => `${figures.unanswered} + ${figures.otherwise}`],
  ['lost', ({ figures }) => figures.violations.lost.length],
  ['lost by the store', ({ figures }) => figures.lostByStore],
  ['strangers', ({ figures }) => figures.violations.foreign.length],
  ['came back', ({ figures: { violations } }) => violations.revived.length + violations.reopened.length],
  ['refused', ({ figures }) => figures.violations.refused.length],
  ['longest', ({ figures }) => inMs(figures.longestMs)],
  ['late', ({ figures }) => figures.late],
  ['uncertain', ({ figures: { uncertain } }) => Object.values(uncertain).join(' / ')],
  ['back', ({ figures }) => `${inMs(figures.firstBackMs)}, ${inMs(figures.lastBackMs)}`],
]

function table(results: readonly Result[]): string {
  const rows = [
    columns.map(([name]) => name),
    columns.map(([name]) => (name === 'fault' ? '---' : '--:')),
    ...results.map((result) => columns.map(([, cell]) => cell(result))),
  ]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const inMs = (ms: number): string => `${Math.round(ms)} ms`

const machine = (): string => {
  const date = new Date().toISOString().slice(0, 10)
  return `${date}, ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.versions.node}`
}
