/**
 * One node serves fifty honest visitors, in the quiet and then among attackers: bots without cookies, growing sessions, open
 * streams, storms of locks and rotations, forged credentials, huge cookies. A checker judges what they wrote down.
 * Exits with 1 when a promise was broken. --seconds n (120, for each store), --seed n (1), --only memory|lmdb|redis,
 * --attacks bots,locks (all) tells which of them costs what.
 */
import { parseArgs } from 'node:util'
import { attacks } from './attacks.js'
import { check } from './checker.js'
import { report } from './report.js'
import { abuse, type StoreName } from './run.js'

const stores: readonly StoreName[] = ['memory', 'lmdb', 'redis']
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    attacks: { type: 'string', default: Object.keys(attacks).join(',') },
  },
})
const chosen = stores.filter((store) => values.only === undefined || values.only === store)
if (chosen.length === 0) throw new RangeError(`--only is one of ${stores.join(', ')}`)
const kinds = values.attacks.split(',')
const unknown = kinds.find((kind) => !Object.hasOwn(attacks, kind))
if (unknown !== undefined) throw new RangeError(`--attacks are some of ${Object.keys(attacks)}, not ${unknown}`)

for (const store of chosen) {
  const plan = { store, seconds: Number(values.seconds), seed: Number(values.seed), attacks: kinds }
  const judgements = check(await abuse(plan), { slowdown: 3, floorMs: 10 })
  console.log(Object.entries(plan).flat().join(' '))
  console.log(report(judgements))
  if (judgements.some(({ broken }) => broken.length > 0)) process.exitCode = 1
}
