import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ConfigInput } from '../../../src/config/load.js'
import { withFolder } from '../../support/container.js'
import type { CacheInput } from '../../support/durable-cache.js'
import { anyRedis, startRedisCluster } from '../../support/redis-server.js'
import { chosenStore, type SharedServer, sharedServer } from '../../support/shared-on-demand.js'

const single = chosenStore ?? 'one Redis'

/** Each is an application of its own, so that the same processes serve them all. */
export const modes = {
  together: { title: `${single}, cluster: true`, storage: 'single', cluster: true },
  apart: { title: `${single}, cluster: false`, storage: 'single', cluster: false },
  shardedTogether: { title: 'Redis Cluster, cluster: true', storage: 'sharded', cluster: true },
  shardedApart: { title: 'Redis Cluster, cluster: false', storage: 'sharded', cluster: false },
  embeddedTogether: { title: 'LMDB, cluster: true', storage: 'embedded', cluster: true },
  embeddedApart: { title: 'LMDB, cluster: false', storage: 'embedded', cluster: false },
} as const

export type Mode = keyof typeof modes

export const allModes = (Object.keys(modes) as readonly Mode[]).filter(
  (mode) => chosenStore === undefined || modes[mode].storage === 'single',
)

/** After this a node with `cluster: false` knows what others did, whatever the timeout. */
export const longestSlack = 60_000

type ApplicationInput = NonNullable<NonNullable<ConfigInput['applications']>[string]>

interface Applications {
  readonly in?: readonly Mode[]
  /** What the application in this mode is called; the mode itself by default. */
  readonly as?: (mode: Mode) => string
  readonly session?: ApplicationInput['session']
}

/** One application in each mode, mounted under its name. */
export function applicationsIn({ in: names = allModes, as = (mode) => mode, session }: Applications = {}) {
  const applications = names.map((mode): [string, ApplicationInput] => {
    const { storage, cluster } = modes[mode]
    const client = { storage, cluster }
    return [as(mode), { mount: `/${as(mode)}`, session: { ...client, ...session }, client }]
  })
  return Object.fromEntries(applications)
}

/** Where the caches of the modes are; or the options of the only one, on the store that the environment chooses. */
export type Servers =
  | { readonly url: string; readonly cluster: readonly string[]; readonly folder: string }
  | { readonly chosen: CacheInput }

export async function withServers(use: (servers: Servers) => Promise<void>): Promise<void> {
  if (chosenStore !== undefined) {
    const options = await sharedServer(chosenStore as SharedServer)
    return use({ chosen: { driver: chosenStore, storage: true, ...options } })
  }
  const [single, sharded] = await Promise.all([anyRedis(), startRedisCluster()])
  try {
    await withFolder((folder) => use({ url: single.url, cluster: sharded.nodes, folder }))
  } finally {
    await Promise.all([single.stop(), sharded.stop()])
  }
}

/** Twice as many as one sweep looks into. */
const buckets = 8

/** Caches that nobody else uses. */
export function cachesOn(servers: Servers): NonNullable<ConfigInput['caches']> {
  const group = `test-${randomUUID().slice(0, 8)}`
  if ('chosen' in servers) return { single: { ...servers.chosen, prefix: `${group}:` } }
  const { url, cluster, folder } = servers
  const redis = { driver: 'redis', storage: true, prefix: `${group}:` }
  return {
    single: { ...redis, url },
    sharded: { ...redis, cluster, buckets },
    embedded: { driver: 'lmdb', storage: true, path: join(folder, group) },
  }
}
