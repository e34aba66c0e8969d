import type { Store } from '../store.js'
import { hazelcast } from './hazelcast.js'
import { mariadb } from './mariadb.js'
import { postgres } from './postgres.js'
import { redis } from './redis.js'

export const stores: Readonly<Record<string, Store>> = { redis, postgres, mariadb, hazelcast }
