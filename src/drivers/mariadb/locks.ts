import type { CallOptions, LeaseOptions, LockResult } from '../../storage/contract.js'
import * as steps from '../../storage/steps.js'
import { callOf } from '../network/call.js'
import type { Database } from './database.js'
import { bytes, foundIn } from './rows.js'

/** How often a statement is sent again that found nothing, although the record behind it would allow it. */
const mostTries = 3

/** Takes the lock, or reads in the same write why it was not taken. */
export async function lockRecord(
  database: Database,
  space: number,
  id: string,
  options: LeaseOptions,
): Promise<LockResult> {
  const { now, leaseMs, token } = options
  const call = callOf('lock', options)
  const key = bytes(id)
  const mine = bytes(token)
  for (let tries = 0; tries < mostTries; tries += 1) {
    const [found, rows] = await database.atOnce(call, (line) => {
      const until = now + leaseMs
      const live = [space, key, now, mine, now]
      return Promise.all([
        line.change('lock', mine, until, ...live, database.deadlineOf(call)),
        line.rows('read', space, key),
      ])
    })
    if (found > 0) return 'taken'
    const { answer } = steps.lock(rows[0] && foundIn(rows[0]).row, options)
    if (answer !== 'taken') return answer
  }
  return database.refuseLate(call)
}

export async function unlockRecord(
  database: Database,
  space: number,
  id: string,
  options: CallOptions & { readonly token: string },
): Promise<boolean> {
  const call = callOf('unlock', options)
  const key = bytes(id)
  for (let tries = 0; tries < mostTries; tries += 1) {
    const [found, rows] = await database.atOnce(call, (line) =>
      Promise.all([
        line.change('unlock', space, key, bytes(options.token), database.deadlineOf(call)),
        line.rows('read', space, key),
      ]),
    )
    if (found > 0) return true
    if (!rows[0] || foundIn(rows[0]).row.lock?.token !== options.token) return false
  }
  return database.refuseLate(call)
}
