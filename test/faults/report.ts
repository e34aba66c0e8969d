import { cpus } from 'node:os'
import { type Figures, toleranceMs } from './figures.js'
import { deadlineMs } from './world.js'

export interface Result {
  readonly title: string
  readonly runs: number
  readonly figures: Figures
}

/** The page docs/faults.md. */
export const report = (results: readonly Result[], command: string): string => `# Faults under load

See which requests fail, and whether anything is lost, while Redis or nodes fail under load.

${machine()}; made with \`${command}\`.

50 visitors use four nodes, each in its own process, with \`cluster: true\` and \`deadline: ${deadlineMs}ms\`. Every visitor writes
counters, reads, logs in, rotates, logs out and begins again, each time on any node, and notes every answer. A checker
that knows only these notes, and the state at the end, judges them.

${table(results)}

These columns must be 0:

- **lost**: writes acknowledged with 2xx that a later request, or the check at the end, did not find.
- **strangers**: answers with the session of another visitor.
- **came back**: sessions found after their logout was acknowledged, or opened by a cookie that an acknowledged rotation
  had replaced.
- **refused**: requests that failed although this fault must not affect them: any with \`SCRIPT FLUSH\`, reads and logouts with
  \`maxmemory\` reached.
- **late**: requests that took longer than allowed. A request asks the store at most twice (a read once), each time for
  at most the deadline; ${toleranceMs} ms are added for a busy machine. **longest** is the longest time that any request took.

The other columns:

- **503**: mostly answered at once, while there is no connection. **errors**: requests without any answer, because their
  node was killed, and answers other than 2xx, 409 and 503.
- **lost by Redis**: writes that Redis acknowledged and forgot in a failover, as found by a client that does not use this
  project.
- **uncertain**: writes without a 2xx, by their result: applied, not applied, overwritten before any check.
- **back**: time from the end of the fault to the first success, on the first node and on the last; the longest of
  all runs.

## What Redis itself can lose

A single Redis with \`appendonly yes\` and \`appendfsync always\`, as here, keeps every acknowledged write. With \`everysec\`, the
default of \`appendonly yes\`, a crash of the machine (not of the process) loses up to two seconds; without
\`appendonly\`, everything since the last snapshot is lost.

Replication is asynchronous: a master acknowledges a write before its replica has it. A failover loses the writes on their way
to the replica; if the master is cut off but alive, it also loses all writes that this master accepts until it notices.
\`min-replicas-to-write 1\` with a small \`min-replicas-max-lag\` limits that time but does not remove it. Sessions, logouts and
rotations of that time are undone; a node that holds a lost version notices it and uses the record as Redis has it.
`

const columns: readonly (readonly [string, (result: Result) => string | number])[] = [
  ['fault', ({ title }) => title],
  ['runs', ({ runs }) => runs],
  ['requests', ({ figures }) => figures.requests],
  ['503', ({ figures }) => figures.unavailable],
  ['errors', ({ figures }) => `${figures.unanswered} + ${figures.otherwise}`],
  ['lost', ({ figures }) => figures.violations.lost.length],
  ['lost by Redis', ({ figures }) => figures.lostByRedis],
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
