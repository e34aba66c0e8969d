import { type Content, shapes } from '../content.js'
import { type Storage, startStorage } from '../measure/storage.js'
import { encoded, fill, openSessions } from '../stored.js'
import { addCopies } from './copies.js'
import { type RedisParts, redisParts } from './redis-parts.js'

const storeNames = ['redis', 'lmdb', 'postgres'] as const

export type StoreName = (typeof storeNames)[number]

export const isStoreName = (name: string): name is StoreName => storeNames.some((it) => it === name)

/** A store with `count` sessions. */
export interface Place {
  readonly store: StoreName
  readonly count: number
  readonly storage: Storage
  /** Bytes of the store per session. */
  readonly bytes: number
  readonly fillSeconds: number
  /** How many of the sessions are copies, made by SQL because the driver took too long. */
  readonly copies: number
  readonly parts?: RedisParts
}

const content: Content = shapes.small()
const stored = encoded(content)

/** Bytes of the names and encoded values of one session. */
export const rawBytes = [...stored].reduce((sum, [name, value]) => sum + name.length + value.length, 0)

/** Then SQL makes the remaining sessions. */
const mostFillMs = 12 * 60_000

/** `agoMs`: how long ago the sessions were last visited. */
export async function makePlace(store: StoreName, count: number, agoMs = 0): Promise<Place> {
  const storage = await startStorage(store)
  const sessions = await openSessions(store, storage.address)
  const before = await sessions.bytes()
  const begin = performance.now()
  const limitMs = store === 'postgres' ? mostFillMs : Number.POSITIVE_INFINITY
  const filled = await fill(sessions.space, count, stored, agoMs, limitMs)
  if (filled < count) await addCopies(storage.address, filled, count, Date.now() - agoMs)
  const fillSeconds = (performance.now() - begin) / 1000
  await storage.tidy?.()
  const bytes = ((await sessions.bytes()) - before) / count
  await sessions.close()
  const place = { store, count, storage, bytes, copies: count - filled, fillSeconds }
  return store === 'redis' ? { ...place, parts: await redisParts(storage.address, count) } : place
}
