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

${machine()}; made with \`${command}\`.

50 visitors on four nodes, each a process of its own, with \`cluster: true\` and \`deadline: ${deadlineMs}ms\`. Every visitor writes
counters, reads, logs in, rotates, logs out and begins again, each time on any node, and writes down what it was
answered. A checker that knows only these notes, and what is left at the end, judges them.

${table(results)}

What must be 0:

- **lost**: writes acknowledged with 2xx that a later request, or the check at the end, did not find.
- **strangers**: answers with somebody else's session.
- **came back**: sessions found after their logout was acknowledged, or opened by a cookie that an acknowledged rotation
  had replaced.
- **refused**: requests that failed though this fault must not touch them: any with \`SCRIPT FLUSH\`, reads and logouts with
  \`maxmemory\` reached.
- **late**: requests that waited longer than they may. A request asks the store at most twice (a read once), each time for
  at most the deadline; ${toleranceMs} ms are added for a busy machine. **longest** is the longest that any of them waited.

And the others:

- **503**: mostly answered at once, while there is no connection. **errors**: requests without any answer, because their
  node was killed, and answers other than 2xx, 409 and 503.
- **lost by Redis**: writes that Redis acknowledged and forgot in a failover, as a client that has nothing to do with this
  project found out.
- **uncertain**: writes without a 2xx, and what became of them: applied, not applied, written over before anyone looked.
- **back**: from the healing to the first success, at the node that was first and at the one that was last; the longest of
  all runs.

## What Redis itself can lose

A single Redis with \`appendonly yes\` and \`appendfsync always\`, as here, keeps what it acknowledged. With \`everysec\`, the
default of \`appendonly yes\`, a crash of the machine (not of the process) loses up to two seconds; without
\`appendonly\`, everything since the last snapshot is lost.

Replication is asynchronous: a master acknowledges a write before its replica has it. In a failover what was under way
to the replica is lost; when the master is cut off but alive, everything it accepts until it notices.
\`min-replicas-to-write 1\` with a small \`min-replicas-max-lag\` bounds that time and does not end it. Sessions, logouts and
rotations of that moment are as they were before; nodes that hold what is lost notice it and go on with what Redis has.
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
