import { visitorsOf } from '../content.js'
import { pace } from '../pace.js'
import { betterPeers } from './better-peers.js'
import type { Results } from './results.js'
import { cpuCell, latencyCell, tables, trafficCell } from './tables.js'
import { verdicts } from './verdicts.js'

/** results.md */
export function resultsPage(results: Results): string {
  const better = betterPeers(results)
  return `# What session handling costs

Compare the CPU, commands and bytes that session libraries add to their frameworks.

![CPU that each session library adds to its framework](results.svg)

Made by \`${results.command}\` on ${results.date}: ${results.machine}; Node ${results.node}, Redis ${results.redis};
${results.rounds} rounds in ${results.minutes.toFixed(1)} minutes; load average ${results.load.toFixed(1)} before (0: no other program at work).
${versionsOf(results)}.

## Targets

Medians of added CPU per request. "Within the noise": the middle halves of the rounds overlap. "Unclear": fewer than three
rounds, or the reference does not stand out from its own noise.

${verdicts(results)}

## Where a peer is better

${better.length > 0 ? better.map((sentence) => `- ${sentence}`).join('\n') : 'In none of these figures.'}

## Added CPU

Microseconds of the server process per request (\`process.cpuUsage\`), minus those of its bare framework in the same round:
median [middle half] of the rounds. For the frameworks alone, the whole CPU. Differences below zero are noise, and shown
unchanged.
${tables(results, cpuCell)}
## Commands and bytes

Commands sent to Redis: bytes out / back, per request. Counted by a proxy, in a separate run; exact.
${tables(results, trafficCell)}
## Requests per second and latency

Requests per second, p50 / p99 as the client saw them. These are noisy: client, servers and Redis share the machine's
cores. Except for "50 at once", the rate is fixed, and a lower one means that the server could not keep up.
${tables(results, latencyCell)}
## How it was measured

- Each server is a separate process, with its own Redis or folder. \`koa-scopes\` on Redis is \`cluster: true\`, or
  memory-first with its backup after the response or before it ("behind", "response"); on LMDB it is memory-first.
- ${results.ratePerSecond.toLocaleString('en')} requests a second over at most ${pace.connections} keep-alive connections; "50 at once" goes as fast as 50 connections
  allow. All servers are busy at this rate, and a server that cannot keep up gets as many requests as it can answer. In a
  process that mostly waits, each wake-up serves one request, with processor caches that other processes have used meanwhile:
  everything costs several times as much, and long paths more than short ones: \`npm run bench -- --rate 1000\` shows it.
- The process that sends the requests never sleeps. Otherwise waking it would be part of the cost of a response.
- ${visitorsOf('medium')} visitors per size of session (${visitorsOf('large')} of 200 KB), one session each, take turns. A sample takes ${results.sampleMs} ms, after one unmeasured
  request by each visitor. Contestants take turns within each round.
- An attribute is about 400 bytes of JSON in sessions of every size except "20 KB in one attribute".
- @fastify/session runs with \`rolling: false\`. Like koa-session and koa-generic-session it then does not extend the life of a
  session that is only read; koa-scopes and express-session do.
- Memory-first, a visitor's session is touched in Redis at most once a minute; these figures are between two touches.
- "One command" and "two commands" are Koa with a GET, or a GET and a SET, of five bytes through ioredis.
`
}

function versionsOf({ versions }: Results): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}
