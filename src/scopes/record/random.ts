import { randomFillSync } from 'node:crypto'

/** A pool of random bytes: asking the system for them is slow, so they are made for many ids and secrets at a time. */
const pool = Buffer.alloc(2_048)
let used = pool.length

/** Random bytes as base64url. No byte is used twice, and used bytes are erased from the pool. */
export function randomText(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const taken = pool.subarray(used, used + bytes)
  used += bytes
  const text = taken.toString('base64url')
  taken.fill(0)
  return text
}
