import { isScopesError } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import type { RedisConnection } from './connection.js'
import { infoOf, isTooOld, type ServerInfo } from './info.js'
import { layoutKey } from './keys.js'
import type { RedisOptions } from './options.js'

const clusterBuckets = 256
const call = { operation: 'open' }

export interface Layout {
  readonly server: ServerInfo
  /** The number of buckets for the records of each space under this prefix. The first node that used the prefix has fixed it. */
  readonly buckets: number
}

/** Reads or creates the layout. Throws STORAGE_UNUSABLE if the server, or the layout stored there, does not fit the options. */
export async function layoutOf(connection: RedisConnection, options: RedisOptions, cache: string): Promise<Layout> {
  const unusable = (reason: string, remedy: string) => new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy })
  const [master] = connection.masters
  if (!master) throw unusable('the cluster has no masters', 'Give its slots to some nodes.')
  const server = await infoOf(connection, master, call)
  if (isTooOld(server)) throw unusable(`the server has version ${server.version}`, 'Update it to Redis 6.2 or Valkey.')
  if (server.mode === 'cluster' && !options.cluster)
    throw unusable('the server is a node of a cluster', 'List nodes of it under cluster: instead.')
  // Without the right to publish, a script would fail after it has written a part of a record.
  await connection.command(call, 'publish', layoutKey(options.prefix), '')

  const stored = await pinned(connection, options).catch((error) => {
    if (!isScopesError(error, 'STORAGE_CORRUPT')) throw error
    const reason = `another program has written the key ${layoutKey(options.prefix)}`
    throw unusable(reason, 'Choose another prefix, or remove that key if no program needs it.')
  })
  const buckets = Number(/^layout 2, buckets (\d+)$/.exec(stored)?.[1])
  if (!buckets)
    throw unusable(
      `the data under the prefix ${options.prefix} has an unknown layout: ${stored}`,
      'Choose another prefix, or update this package.',
    )
  if (options.buckets !== undefined && options.buckets !== buckets)
    throw unusable(
      `the records under the prefix ${options.prefix} are stored in ${buckets} buckets, not in ${options.buckets}`,
      `Leave buckets: out, set it to ${buckets}, or choose another prefix.`,
    )
  return { server, buckets }
}

/** The stored layout. If there is none, stores it first. */
async function pinned(connection: RedisConnection, { prefix, buckets, cluster }: RedisOptions): Promise<string> {
  const key = layoutKey(prefix)
  const present = await connection.command<Buffer | null>(call, 'get', key)
  if (present) return String(present)
  await connection.command(call, 'set', key, `layout 2, buckets ${buckets ?? (cluster ? clusterBuckets : 1)}`, 'nx')
  return String(await connection.command(call, 'get', key))
}
