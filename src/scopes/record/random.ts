import { randomFillSync } from 'node:crypto'

/** Asking for random bytes takes longer than sending them to a visitor, so that they are made for many at a time. */
const pool = Buffer.alloc(2_048)
let used = pool.length

/** As base64url. No byte is given out twice, nor kept once it is. */
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
