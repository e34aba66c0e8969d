import type { Version } from '../../storage/contract.js'
import { randomText } from './random.js'

/** Returns a maker of versions that no other node, and no other start of this node, makes. */
export function versionMaker(): () => Version {
  const start = randomText(9)
  let count = 0
  return () => `${start}.${(++count).toString(36)}`
}
