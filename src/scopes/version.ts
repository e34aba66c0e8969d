import { randomBytes } from 'node:crypto'
import type { Version } from '../storage/contract.js'

/** Makes versions that no other node and no other start of this one makes. */
export function versionMaker(): () => Version {
  const start = randomBytes(9).toString('base64url')
  let count = 0
  return () => `${start}.${(++count).toString(36)}`
}
