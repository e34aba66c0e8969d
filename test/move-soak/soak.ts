/**
 * Moves live sessions from one store to another with `koa-scopes move` while visitors use them, then back; nodes and the
 * process that moves them are killed meanwhile. Each session is looked at in the end, and some are logged out. Exits with 1 if one was lost,
 * or logged out, or if an end handler ran otherwise than once.
 * --from lmdb --to redis (redis|lmdb|sqlite|postgres|mariadb), --sessions n (10000), --seconds n (5) before the move begins,
 * --kills n (3) in each direction, --seed n (1).
 */
import { parseArgs } from 'node:util'
import { type DurableDriver, durableDrivers } from '../support/durable-cache.js'
import { soak } from './run.js'

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: 'lmdb' },
    to: { type: 'string', default: 'redis' },
    sessions: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '5' },
    kills: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
})

const { figures, killed, verdict } = await soak({
  from: chosen('from', values.from),
  to: chosen('to', values.to),
  sessions: Number(values.sessions),
  seconds: Number(values.seconds),
  kills: Number(values.kills),
  seed: Number(values.seed),
})
console.log(Object.entries(values).flat().join(' '))
for (const { answers, seconds, way } of figures)
  console.log(`${way}: moved in ${seconds} s; ${answers} answers until then`)
console.log(`${killed} nodes were killed`)
console.log(String(verdict))
if (verdict.broken.length > 0) process.exitCode = 1

function chosen(option: string, value: string): DurableDriver {
  const driver = durableDrivers.find((it) => it === value)
  if (!driver) throw new RangeError(`--${option} is ${durableDrivers.join(' or ')}`)
  return driver
}
