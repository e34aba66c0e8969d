/** Lets 100,000 sessions (--records n) expire at once on four nodes. Fails when an end is missing or was handled twice, or anything is left. */
import { parseArgs } from 'node:util'
import { expire } from './expiry.js'

const { values } = parseArgs({ options: { records: { type: 'string', default: '100000' } } })
const patienceMs = 120_000
const figures = await expire(Number(values.records), patienceMs)
console.log(figures)
const { bytes, keys, missing, twice } = figures
if (missing > 0 || twice > 0 || keys > 0 || bytes.after > bytes.before * 1.1) throw new Error('A promise was broken')
