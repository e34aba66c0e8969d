import { visitorsOf } from '../content.js'
import { fileName } from '../folder.js'
import { pace } from '../pace.js'
import { betterPeers } from './better-peers.js'
import type { Results } from './results.js'
import { cpuCell, databaseCell, latencyCell, loggedCell, tables, trafficCell } from './tables.js'
import { verdicts } from './verdicts.js'
import { wordings } from './wordings.js'

/** results.md, or that of another group. */
export function resultsPage(results: Results): string {
  const better = betterPeers(results)
  const { servers, trafficHead, trafficNote, setting, peers, withoutPeers } = wordings[results.group]
  return `# What session handling costs

Compare the CPU, ${trafficHead.toLowerCase()} that session libraries add to their frameworks.

![CPU that each session library adds to its framework](${fileName(results.group, 'svg')})

${results.group === 'redis' ? '![Small sessions, at a high rate and at a low one](results-small.svg)\n\n' : ''}Made by \`${results.command}\` on ${results.date}: ${results.machine}; Node ${results.node}, ${results.servers};
${results.rounds} rounds in ${results.minutes.toFixed(1)} minutes; load average ${results.load.toFixed(1)} before (0: no other program at work).
${versionsOf(results)}.

## Targets

Medians of added CPU per request. "Within the noise": the middle halves of the rounds overlap. "Unclear": fewer than three
rounds, or the reference does not stand out from its own noise.

${verdicts(results)}

## Where a peer is better

${better.length > 0 ? better.map((sentence) => `- ${sentence}`).join('\n') : (withoutPeers ?? 'In none of these figures.')}

## Added CPU

Microseconds of the server process per request (\`process.cpuUsage\`), minus those of its bare framework in the same round:
median [middle half] of the rounds. For the frameworks alone, the whole CPU. Differences below zero are noise, and shown
unchanged.
${tables(results, cpuCell)}
${databaseSection(results)}## ${trafficHead}

${trafficNote}
${tables(results, trafficCell)}
${loggedSection(results)}## Requests per second and latency

Requests per second, p50 / p99 as the client saw them. These are noisy: client, servers and ${servers} share the machine's
cores. Except for "50 at once", the rate is fixed, and a lower one means that the server could not keep up.
${tables(results, latencyCell)}
## How it was measured

${setting}
- ${results.ratePerSecond.toLocaleString('en')} requests a second over at most ${pace.connections} keep-alive connections; "50 at once" goes as fast as 50 connections
  allow. All servers are busy at this rate, and a server that cannot keep up gets as many requests as it can answer. At a low rate
  each wake-up of a process serves one request, with processor caches that other processes have used meanwhile:
  everything costs several times as much, and long paths more than short ones.
- The process that sends the requests never sleeps. Otherwise waking it would be part of the cost of a response.
- ${visitorsOf('medium')} visitors per size of session (${visitorsOf('large')} of 200 KB), one session each, take turns. A sample takes ${results.sampleMs} ms, after one unmeasured
  request by each visitor. Contestants take turns within each round.
- An attribute is about 400 bytes of JSON in sessions of every size except "20 KB in one attribute".
${peers}
`
}

function databaseSection(results: Results): string {
  if (results.figures.every(({ databaseCpu }) => !databaseCpu)) return ''
  return `## CPU of the store's server

Microseconds of all processes of the server per request: median [middle half] of the rounds. Only on Linux, from /proc.
${wordings[results.group].databaseNote ?? ''}
${tables(results, databaseCell)}
`
}

function loggedSection(results: Results): string {
  if (results.figures.every(({ traffic }) => traffic?.logged === undefined)) return ''
  return `## Write-ahead log

Bytes of write-ahead log (WAL) of PostgreSQL per request: how far \`pg_current_wal_insert_lsn()\` advances between two checkpoints.
After a checkpoint the first change of each page adds the page itself, up to 8 KB.
${tables(results, loggedCell)}
`
}

function versionsOf({ versions }: Results): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}
