/**
 * Four processes serve sessions that do all that sessions can do, while processes are killed and started again; then a
 * checker judges what visitors and end handlers wrote down. Exits with 1 when a promise was broken, and keeps the notes.
 * --seconds n (300), --sessions n (10000), --seed n (1), --store redis|lmdb|sqlite|postgres|mariadb, --mode cluster|memory-first;
 * --notes file judges notes that were kept.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { durableDrivers } from '../support/durable-cache.js'
import { check } from './checker.js'
import type { History } from './history.js'
import { report } from './report.js'
import { type Soak, soak } from './run.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    sessions: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'redis' },
    mode: { type: 'string', default: 'cluster' },
    notes: { type: 'string' },
  },
})
const plan: Soak = {
  seconds: Number(values.seconds),
  sessions: Number(values.sessions),
  seed: Number(values.seed),
  store: chosen('store', values.store, durableDrivers),
  mode: chosen('mode', values.mode, ['cluster', 'memory-first']),
}

const history: History = values.notes ? JSON.parse(await readFile(values.notes, 'utf8')) : await soak(plan)
const judgements = check(history)
console.log(values.notes ?? Object.entries(plan).flat().join(' '))
console.log(report(judgements))
if ([...judgements.values()].some(({ broken }) => broken.length > 0)) {
  process.exitCode = 1
  if (!values.notes) console.log(`Notes: ${await kept(history)}`)
}

function chosen<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((it) => it === value)
  if (!choice) throw new RangeError(`--${option} is ${choices.join(' or ')}`)
  return choice
}

async function kept(notes: History): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'koa-scopes-soak-')), 'notes.json')
  await writeFile(file, JSON.stringify(notes))
  return file
}
