import { type Content, shapes } from '../content.js'
import { type Storage, startStorage } from '../measure/storage.js'
import { encoded, fill, openSessions } from '../stored.js'
import { type RedisParts, redisParts } from './redis-parts.js'

export type StoreName = 'redis' | 'lmdb' | 'postgres'

/** A store with `count` sessions. */
export interface Place {
  readonly store: StoreName
  readonly count: number
  readonly storage: Storage
  /** Bytes of the store per session. */
  readonly bytes: number
  readonly parts?: RedisParts
}

const content: Content = shapes.small()
const stored = encoded(content)

/** Bytes of the names and encoded values of one session. */
export const rawBytes = [...stored].reduce((sum, [name, value]) => sum + name.length + value.length, 0)

/** `agoMs`: how long ago the sessions were last visited. */
export async function makePlace(store: StoreName, count: number, agoMs = 0): Promise<Place> {
  const storage = await startStorage(store)
  const sessions = await openSessions(store, storage.address)
  const before = await sessions.bytes()
  await fill(sessions.space, count, stored, agoMs)
  const bytes = ((await sessions.bytes()) - before) / count
  await sessions.close()
  const place = { store, count, storage, bytes }
  return store === 'redis' ? { ...place, parts: await redisParts(storage.address, count) } : place
}
