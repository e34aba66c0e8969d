import type { ConfigInput } from 'koa-scopes'
import { storage } from './serve.js'

const redis = { driver: 'redis', url: storage, storage: true }
const lmdb = { driver: 'lmdb', path: storage, storage: true }

const variants = {
  cluster: { cache: redis, session: { cluster: true } },
  behind: { cache: redis, session: { cluster: false, backup: 'behind' } },
  response: { cache: redis, session: { cluster: false, backup: 'response' } },
  lmdb: { cache: lmdb, session: { cluster: false } },
} as const

const { cache, session } = variants[process.argv[3] as keyof typeof variants]

/** The configuration of the variant that this process was started with. */
export const configOf = (memory = '64mb'): ConfigInput => ({
  caches: { store: cache },
  applications: { bench: { session: { storage: 'store', memory, ...session } } },
})
