/*
 * Compares this build with another one, such as that of an earlier commit: the CPU of a whole request here, divided by that
 * there.
 *
 * Run: npm run bench:compare -- ../other [--rate 1000] [--blocks 40] [--only '0.5 KB, read' --only LMDB]
 *
 * `npm run build` must have run in the other folder. Without a rate, requests come as fast as they are answered. The two
 * serve short blocks of requests in turn, so that a disturbance of the machine affects both, and the median of the pairs leaves
 * it out.
 */
import { parseArgs } from 'node:util'
import type { Contestant } from './contestants.js'
import { stayAwake } from './load/awake.js'
import { steadily } from './load/steady.js'
import { entryOf } from './measure/entry.js'
import { Participant } from './measure/participant.js'
import { spreadOf } from './measure/statistics.js'
import { startStorage } from './measure/storage.js'
import { pace } from './pace.js'
import { selectionOf } from './selection.js'
import type { Workload } from './workloads.js'

const warmUpRequests = 12_000
const requestsPerBlock = 1_000

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    rate: { type: 'string' },
    blocks: { type: 'string', default: '40' },
    only: { type: 'string', multiple: true, default: [] },
  },
})
const [other] = positionals
if (other === undefined) throw new RangeError('The folder of the other build is missing')
const entries = ['koa-scopes', entryOf(other)]
const blocks = Number(options.blocks)
const { contestants, workloads } = selectionOf(['--quick', ...options.only.flatMap((part) => ['--only', part])])

console.log('| variant | workload | µs here | µs there | ratio | middle half |\n|---|---|---|---|---|---|')
for (const contestant of contestants) if (contestant.role === 'ours') await compare(contestant)

async function compare(contestant: Contestant): Promise<void> {
  const own = workloads.filter((workload) => workload.for(contestant))
  const participants = await Promise.all(entries.map((entry) => started(contestant, entry)))
  const sleep = stayAwake()
  try {
    for (const participant of participants) await participant.fill(own)
    for (const workload of own) console.log(await line(contestant, workload, participants))
  } finally {
    sleep()
    await Promise.all(participants.map((participant) => participant.stop()))
  }
}

async function started(contestant: Contestant, entry: string): Promise<Participant> {
  const storage = await startStorage(contestant.storage)
  return Participant.start(contestant, storage, { nodes: 1, connections: pace.connections, entry })
}

async function line({ name }: Contestant, workload: Workload, participants: readonly Participant[]): Promise<string> {
  for (const participant of participants) await participant.rush(workload, warmUpRequests)
  const costs = participants.map((): number[] => [])
  for (let block = 0; block < blocks; block += 1) {
    const order = block % 2 === 0 ? [0, 1] : [1, 0]
    for (const place of order) {
      const participant = participants[place]
      if (participant) costs[place]?.push(await cost(participant, workload))
    }
  }
  const [here = [], there = []] = costs
  const { median, low, high } = spreadOf(here.map((one, block) => one / (there[block] ?? Number.NaN)))
  const micros = [here, there].map((values) => spreadOf(values).median.toFixed(1))
  const figures = [...micros, median.toFixed(3), `${low.toFixed(2)} to ${high.toFixed(2)}`]
  return `| ${name.replace('koa-scopes, ', '')} | ${workload.name} | ${figures.join(' | ')} |`
}

/** Microseconds of CPU per request in one block. */
async function cost(participant: Participant, workload: Workload): Promise<number> {
  const before = await participant.cpu()
  const { rate } = options
  if (rate === undefined) await participant.rush(workload, requestsPerBlock)
  else {
    const paced = { ...pace, perSecond: Number(rate), forMs: (1000 * requestsPerBlock) / Number(rate) }
    await steadily(paced, () => participant.send(workload))
  }
  return ((await participant.cpu()) - before) / requestsPerBlock
}
