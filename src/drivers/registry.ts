import type { DriverDefinition } from './definition.js'
import { lmdb } from './lmdb/index.js'
import { memory } from './memory/index.js'
import { mongodb } from './mongodb/index.js'
import { redis } from './redis/index.js'

/** The drivers that `driver:` may name without passing them to createContainer(). */
export const builtInDrivers: ReadonlyMap<string, DriverDefinition> = new Map(
  [memory, lmdb, redis, mongodb].map((definition) => [definition.name, definition]),
)
