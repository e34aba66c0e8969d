import { cookie } from './cookie/index.js'
import type { CacheDefinition } from './definition.js'
import { hazelcast } from './hazelcast/index.js'
import { lmdb } from './lmdb/index.js'
import { mariadb, mysql } from './mariadb/index.js'
import { memory } from './memory/index.js'
import { mongodb } from './mongodb/index.js'
import { postgres } from './postgres/index.js'
import { redis } from './redis/index.js'
import { sqlite } from './sqlite/index.js'

/** The drivers that `driver:` may name without passing them to createContainer(). */
export const builtInDrivers: ReadonlyMap<string, CacheDefinition> = new Map(
  [memory, lmdb, sqlite, redis, postgres, mariadb, mysql, mongodb, hazelcast, cookie].map(
    (definition): [string, CacheDefinition] => [definition.name, definition],
  ),
)
