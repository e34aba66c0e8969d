/*
 * Shows where the time of a contestant's server goes under one workload, in microseconds of its own time per request.
 *
 * Run: npm run bench:profile -- 'cluster: true' '20 KB, read one attribute' [--flat-out] [--callers=writev]
 *
 * The names are those of contestants.ts, in its group `redis` or the one that `--group` names, and of workloads.ts; a part that
 * fits only one of them is enough. Requests come at the rate of the other measurements, or with `--flat-out` as fast as
 * possible. `--callers` shows the call paths to one function, `--of ../other` the profile of another build, as `bench:compare` takes it.
 * The profile is kept, for the DevTools of a browser.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { steadily } from './load/steady.js'
import { entryOf } from './measure/entry.js'
import { Participant } from './measure/participant.js'
import { ownPace } from './measure/rounds.js'
import { startStorage } from './measure/storage.js'
import { theOne } from './named.js'
import { pace } from './pace.js'
import { readSelfTimes, type SelfTime } from './profile/cpu-profile.js'
import { functionOf, groupOf, partOf } from './profile/names.js'
import { selectionOf } from './selection.js'
import { workloads } from './workloads.js'

const warmUpRequests = 8_000
const flatOutRequests = 20_000
const steadyMs = 10_000
const mostLines = 45

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    'flat-out': { type: 'boolean', default: false },
    callers: { type: 'string' },
    group: { type: 'string', default: 'redis' },
    of: { type: 'string' },
  },
})
const contestant = theOne(selectionOf(['--group', options.group]).contestants, positionals[0])
const workload = theOne(workloads, positionals[1])

const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-profile-'))
const participant = await Participant.start(contestant, await startStorage(contestant.storage), {
  nodes: workload.alternating ? 2 : 1,
  connections: workload.atOnce ?? pace.connections,
  ...(options.of !== undefined && { entry: entryOf(options.of) }),
  execArgv: ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`],
})
await participant.fill([workload])
await participant.rush(workload, warmUpRequests)
const { requests, ms, cpu } = await measured()
await participant.stop()

const times = await readSelfTimes(folder, ms)
console.log(`${contestant.name} | ${workload.name}: ${(cpu / requests).toFixed(1)} µs of CPU per request when profiled`)
print('parts', (time) => partOf(time.frame))
print('files and dependencies', (time) => groupOf(time.frame))
print('functions', (time) => functionOf(time.frame))
if (options.callers) {
  const wanted = times.filter(({ frame }) => frame.functionName === options.callers)
  print(`call paths to ${options.callers}`, wayTo, wanted)
}
console.log(`\n${requests} requests; the profile is in ${folder}`)

async function measured() {
  const [cpuBefore, begin] = [await participant.cpu(), performance.now()]
  const requests = options['flat-out'] || workload.atOnce ? await flatOutRequestsSent() : await steadyRequestsSent()
  return { requests, ms: performance.now() - begin, cpu: (await participant.cpu()) - cpuBefore }
}

async function flatOutRequestsSent(): Promise<number> {
  await participant.rush(workload, flatOutRequests)
  return flatOutRequests
}

async function steadyRequestsSent(): Promise<number> {
  const own = ownPace(workload, { ...pace, forMs: steadyMs })
  const { requests } = await steadily(own, () => participant.send(workload))
  return requests
}

function print(title: string, keyOf: (time: SelfTime) => string, which = times): void {
  const sums = new Map<string, number>()
  for (const time of which) sums.set(keyOf(time), (sums.get(keyOf(time)) ?? 0) + time.microseconds)
  const all = [...sums.values()].reduce((sum, one) => sum + one, 0)
  console.log(`\n${(all / requests).toFixed(1)} µs by ${title}`)
  for (const [key, sum] of [...sums].sort((a, b) => b[1] - a[1]).slice(0, mostLines))
    console.log(`${(sum / requests).toFixed(2).padStart(8)}  ${((100 * sum) / all).toFixed(1).padStart(4)} %  ${key}`)
}

function wayTo({ frame, callers }: SelfTime): string {
  return [frame, ...callers.slice(0, 8)].map((it) => functionOf(it).replace(/ {2}.*\//, ' ')).join(' < ')
}
