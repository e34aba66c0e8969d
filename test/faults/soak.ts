/**
 * Runs faults under load, judges them, and writes the section of the store in docs/faults.md when all of them ran. Fails when a
 * promise was broken. --store redis|postgres|mariadb|hazelcast (redis), --runs n of each fault (redis 20, others 2),
 * --only name (may be repeated), --seed n (1).
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Fault } from './faults.js'
import { type Figures, figuresOf, total } from './figures.js'
import { pageWith, type Result, section } from './report.js'
import { run } from './run.js'
import { stores } from './stores/index.js'
import type { Topology } from './topology.js'
import { World } from './world.js'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'redis' },
    runs: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
  },
})
const store = chosen('store', values.store, stores)
const [runs, firstSeed] = [Number(values.runs ?? store.runs), Number(values.seed)]
const page = fileURLToPath(new URL('../../docs/faults.md', import.meta.url))
const isPart = values.only.length > 0
const names = isPart ? values.only : Object.keys(store.faults)
/** Nothing goes wrong. The first requests of a node are slow, and would count as late. */
const rehearsal: Fault<Topology> = {
  ...chosen('only', names[0] ?? '', store.faults),
  strike: async () => ({ at: performance.now() }),
}
/** Shared by the faults that follow each other and may share it. */
let world: { readonly of: unknown; readonly world: World } | undefined

async function soak(name: string): Promise<Result> {
  const fault = chosen('only', name, store.faults)
  if (world?.of !== fault.start) {
    await leave()
    world = { of: fault.start, world: await World.start(await fault.start()) }
    await run(world.world, rehearsal, firstSeed)
  }
  const all: Figures[] = []
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const figures = figuresOf(await run(world.world, fault, seed), fault)
    console.log(name, `seed ${seed}`, JSON.stringify(figures))
    all.push(figures)
  }
  return { title: fault.title, runs, figures: total(all) }
}

async function leave(): Promise<void> {
  await world?.world.stop()
  world = undefined
}

function chosen<T>(option: string, name: string, choices: Readonly<Record<string, T>>): T {
  const choice = choices[name]
  if (!choice) throw new RangeError(`--${option} is ${Object.keys(choices).join(' or ')}`)
  return choice
}

const results: Result[] = []
try {
  for (const name of names) results.push(await soak(name))
} finally {
  await leave()
}

const command = `npm run soak:faults -- --store ${values.store} --runs ${runs} --seed ${firstSeed}`
const text = section(store, results, command)
if (isPart) console.log(text)
else await writeFile(page, pageWith(text, await readFile(page, 'utf8')))
const broken = results.filter(({ figures }) => figures.late > 0 || Object.values(figures.violations).flat().length > 0)
if (broken.length > 0) throw new Error(`Promises were broken: ${broken.map(({ title }) => title).join('; ')}`)
