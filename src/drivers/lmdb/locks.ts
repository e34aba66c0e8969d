import type { EpochMs } from '../../storage/contract.js'
import type { LockEntry, Tables } from './tables.js'

/** The token that holds the lock at `now`. */
export function holderOf({ locks }: Tables, key: Buffer, now: EpochMs): string | undefined {
  const lock = locks.get(key)
  return lock && lock.until > now ? lock.token : undefined
}

/** It is free, or held by this same token. */
export const mayTake = (tables: Tables, key: Buffer, token: string, now: EpochMs): boolean =>
  (holderOf(tables, key, now) ?? token) === token

export function take(tables: Tables, key: Buffer, lock: LockEntry, now: EpochMs): boolean {
  const taken = mayTake(tables, key, lock.token, now)
  if (taken) tables.locks.putSync(key, lock)
  return taken
}

export function release({ locks }: Tables, key: Buffer, token: string): boolean {
  return locks.get(key)?.token === token && locks.removeSync(key)
}
