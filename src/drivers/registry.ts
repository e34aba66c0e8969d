import type { DriverDefinition } from './definition.js'
import { hazelcast } from './hazelcast/index.js'
import { lmdb } from './lmdb/index.js'
import { memory } from './memory/index.js'
import { redis } from './redis/index.js'

/** The drivers that `driver:` may name without passing them to createContainer(). */
export const builtInDrivers: ReadonlyMap<string, DriverDefinition> = new Map(
  [memory, lmdb, redis, hazelcast].map((definition) => [definition.name, definition]),
)
