/**
 * Runs faults under load, judges them, and writes docs/faults.md when all of them ran. Fails when a promise was broken.
 * --runs n (20) of each fault, --only name (may be repeated), --seed n (1).
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Fault, failovers, onOneServer } from './faults.js'
import { type Figures, figuresOf, total } from './figures.js'
import { type Result, report } from './report.js'
import { run } from './run.js'
import type { Topology } from './topology.js'
import { World } from './world.js'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    only: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
  },
})
const [runs, firstSeed] = [Number(values.runs), Number(values.seed)]
const page = fileURLToPath(new URL('../../docs/faults.md', import.meta.url))

async function soak<T extends Topology>(name: string, fault: Fault<T>): Promise<Result> {
  const world = await World.start(await fault.start())
  const all: Figures[] = []
  try {
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const figures = figuresOf(await run(world, fault, seed), fault)
      console.log(name, `seed ${seed}`, JSON.stringify(figures))
      all.push(figures)
    }
  } finally {
    await world.stop()
  }
  return { title: fault.title, runs, figures: total(all) }
}

const soaks = new Map<string, () => Promise<Result>>()
for (const [name, fault] of Object.entries(onOneServer)) soaks.set(name, () => soak(name, fault))
for (const [name, fault] of Object.entries(failovers)) soaks.set(name, () => soak(name, fault))
const isPart = values.only.length > 0
const results: Result[] = []
for (const name of isPart ? values.only : soaks.keys()) {
  const soakIt = soaks.get(name)
  if (!soakIt) throw new RangeError(`There is no fault ${name}; there is ${[...soaks.keys()].join(', ')}`)
  results.push(await soakIt())
}

const text = report(results, `npm run soak:faults -- --runs ${runs} --seed ${firstSeed}`)
if (isPart) console.log(text)
else await writeFile(page, text)
const broken = results.filter(({ figures }) => figures.late > 0 || Object.values(figures.violations).flat().length > 0)
if (broken.length > 0) throw new Error(`Promises were broken: ${broken.map(({ title }) => title).join('; ')}`)
