import { visitorsOf } from '../content.js'
import { grouped } from '../grouped.js'
import { overlap } from '../measure/statistics.js'
import { pace } from '../pace.js'
import { table } from '../report/markdown.js'
import { spread } from '../report/spread.js'
import type { RequestCost } from './requests.js'
import type { ScaleResults } from './results.js'

const number = (value: number) => Math.round(value).toLocaleString('en')

/** scale.md, or one of these stores alone */
export function scalePage(results: ScaleResults): string {
  const { machine, load, node, servers, date, command, minutes, rounds, rawBytes } = results
  return `# What many sessions cost

See whether a session costs more if a million are stored: CPU, bytes, start and ends.

![Cost over the number of sessions](${results.name}.svg)

Made by \`${command}\` on ${date}: ${machine}; Node ${node}, ${servers}; ${minutes.toFixed(1)} minutes;
load average ${load.toFixed(1)} before (0: no other program at work). Sessions of 0.5 KB:
${rawBytes} bytes of names and encoded values.

## CPU per request

Microseconds of the server process, framework included: median [middle half] of ${rounds} rounds in which all stores take
turns, at ${number(pace.perSecond)} requests a second. ${visitorsOf('small')} visitors, spread evenly over all sessions.

${requestTable(results.requests)}

${databaseSection(results)}## Bytes per session

The target is at most 1.4 x ${rawBytes} + 500 = ${number(mostBytes(results))}. In a node: heap and buffers of a process that has loaded each session once,
with enough \`memory\` for all; by default a node keeps 64 MB of encoded attributes.

${bytesTable(results)}

${redisSentence(results)}

${copiesSentence(results)}## Starting

Milliseconds from starting the process to listening, median of three.

${table(
  ['sessions', 'store', 'ms'],
  results.stores.map(({ count, store, startUpMs }) => [number(count), store, number(startUpMs)]),
)}

## Ends

One node runs \`onSessionEnd\` for sessions that expired while no node ran.

${table(
  ['store', 'sessions', 'CPU of the node per end', 'ends per second'],
  results.ends.map(({ store, count, cpuMicroseconds, ms }) => [
    store,
    number(count),
    `${number(cpuMicroseconds / count)} µs`,
    number((count * 1000) / ms),
  ]),
)}
`
}

function databaseSection({ requests }: ScaleResults): string {
  const costs = requests.flatMap((cost) => (cost.databaseCpu ? [{ ...cost, cpu: cost.databaseCpu }] : []))
  if (costs.length === 0) return ''
  return `## CPU of the database per request

Microseconds of all processes of the database server. Only on Linux.

${requestTable(costs)}

`
}

function requestTable(requests: readonly RequestCost[]): string {
  const counts = [...new Set(requests.map(({ count }) => count))]
  const rows = [...grouped(requests, ({ contestant, workload }) => `${contestant}: ${workload}`)].map(
    ([name, costs]) => [name, ...costs.map(({ cpu }) => spread(cpu)), isFlat(costs) ? 'yes' : '**no**'],
  )
  return table(['', ...counts.map((count) => `${number(count)} sessions`), 'last within the noise of first'], rows)
}

function isFlat(costs: readonly RequestCost[]): boolean {
  const [fewest, most] = [costs.at(0), costs.at(-1)]
  return (
    fewest !== undefined && most !== undefined && (overlap(fewest.cpu, most.cpu) || most.cpu.median < fewest.cpu.median)
  )
}

/** The parts of a session's bytes in the largest Redis. */
function redisSentence({ rawBytes, stores }: ScaleResults): string {
  const largest = stores.findLast(({ parts }) => parts)
  if (!largest?.parts) return ''
  const { record, due, ids } = largest.parts
  const rest = largest.bytes - record - due - ids
  return `Of the ${number(largest.bytes)} bytes in Redis, ${number(record)} are the hash with its ${rawBytes} bytes of content, ${number(due)} the entry in the
sorted set of due times, ${number(ids)} the entry in the set of ids for listings, and ${number(rest)} the key with its time to live.`
}

function copiesSentence({ stores }: ScaleResults): string {
  const copied = stores.filter(({ copies }) => copies > 0)
  if (copied.length === 0) return ''
  const parts = copied.map(({ store, count, copies }) => `${number(copies)} of the ${number(count)} in ${store}`)
  return `SQL made ${parts.join(', ')} as copies, in the form of the driver, because one by one took too long.\n\n`
}

const mostBytes = ({ rawBytes }: ScaleResults) => 1.4 * rawBytes + 500

function bytesTable(results: ScaleResults): string {
  const counts = [...new Set(results.stores.map(({ count }) => count))]
  const sizes = [
    ...results.stores.map(({ store, count, bytes }) => ({ where: `in ${store}`, count, bytes })),
    ...results.nodes.map(({ mode, count, bytes }) => ({ where: `in a node, ${mode}`, count, bytes })),
  ]
  const rows = [...grouped(sizes, ({ where }) => where)].map(([where, own]) => [
    where,
    ...counts.map((count) => {
      const bytes = own.find((size) => size.count === count)?.bytes
      return bytes === undefined ? '' : `${number(bytes)}${bytes <= mostBytes(results) ? '' : ' (**more**)'}`
    }),
  ])
  return table(['', ...counts.map((count) => `${number(count)} sessions`)], rows)
}
