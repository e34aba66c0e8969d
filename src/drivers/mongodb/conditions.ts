import type { EpochMs } from '../../storage/contract.js'
import type { Fields } from './client.js'
import { inserted } from './documents.js'

/** The condition that a record is live: `isLiveRow` in the language of the server. */
export const liveAt = (now: EpochMs): Fields => ({
  ...inserted,
  ending: null,
  token: null,
  $and: [
    { $or: [{ endsAt: null }, { endsAt: { $gt: now } }] },
    { $or: [{ idleMs: null }, { $expr: { $gt: [{ $add: ['$touchedAt', '$idleMs'] }, now] } }] },
  ],
})

/** The condition that a lock may be taken by this token. */
export const lockableBy = (token: string, now: EpochMs): Fields => ({
  $or: [{ lock: null }, { 'lock.until': { $lte: now } }, { 'lock.token': token }],
})

/** The condition that this token holds the lock. */
export const lockedBy = (token: string, now: EpochMs): Fields => ({
  'lock.token': token,
  'lock.until': { $gt: now },
})
