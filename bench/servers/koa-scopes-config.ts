import { join } from 'node:path'
import type { ByteSize, ConfigInput } from 'koa-scopes'
import { poolSize } from './pool-size.js'
import { storage } from './serve.js'

/** Empty for a folder. */
const { host, pathname } = URL.canParse(storage) ? new URL(storage) : { host: '', pathname: '' }

const caches = {
  redis: { driver: 'redis', url: storage, storage: true },
  lmdb: { driver: 'lmdb', path: storage, storage: true },
  postgres: { driver: 'postgres', url: storage, connections: poolSize, storage: true },
  mariadb: { driver: 'mariadb', url: storage, connections: poolSize, storage: true },
  hazelcast: { driver: 'hazelcast', members: [host], clusterName: pathname.slice(1), storage: true },
  mongodb: { driver: 'mongodb', url: storage, connections: poolSize, storage: true },
  sqlite: { driver: 'sqlite', path: join(storage, 'sessions.db'), storage: true },
} as const

const variants = {
  cluster: { cluster: true },
  touching: { cluster: true, touchInterval: '0s' },
  behind: { cluster: false, backup: 'behind' },
  response: { cluster: false, backup: 'response' },
  memory: { cluster: false },
} as const

const encrypt = { keys: ['a key of the benchmark, 32 bytes or more'] }

const [, , , store, variant = ''] = process.argv
const mode = variant.replace('sealed ', '')
const cache = { ...caches[store as keyof typeof caches], ...(mode !== variant && { encrypt }) }
const session = variants[mode as keyof typeof variants]

/** Sessions of all sizes begin faster than these stores take their backups. */
const slow: ReadonlySet<string | undefined> = new Set(['hazelcast', 'mongodb'])

/** The configuration of the store and the variant that this process was started with. `memory`: that of the scope, by default as in production. */
export const configOf = (memory: ByteSize = slow.has(store) ? '256mb' : '64mb'): ConfigInput => ({
  caches: { store: cache },
  applications: { bench: { session: { storage: 'store', memory, ...session } } },
})
