import { StorageError } from '../../storage/errors.js'
import type { RedisConnection } from './connection.js'
import { infoOf, isTooOld } from './info.js'
import { layoutKey } from './keys.js'
import type { RedisOptions } from './options.js'

const clusterBuckets = 256

/**
 * In how many buckets the records under this prefix are, which the first to use it has fixed. Throws STORAGE_UNUSABLE
 * when the server, or what is stored there, does not fit the options.
 */
export async function bucketsOf(connection: RedisConnection, options: RedisOptions, cache: string): Promise<number> {
  const unusable = (reason: string, remedy: string) => new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy })
  const [master] = connection.masters
  if (!master) throw unusable('the cluster has no masters', 'Give its slots to some nodes.')
  const info = await infoOf(connection, master, 'open')
  if (isTooOld(info)) throw unusable(`the server has version ${info.version}`, 'Update it to Redis 6.2 or Valkey.')
  if (info.mode === 'cluster' && !options.cluster)
    throw unusable('the server is a node of a cluster', 'Name nodes of it under cluster: instead.')

  const stored = await pinned(connection, layoutKey(options.prefix), options.buckets ?? defaultBuckets(options))
  const buckets = Number(/^layout 1, buckets (\d+)$/.exec(stored)?.[1])
  if (!buckets)
    throw unusable(
      `what is stored under the prefix ${options.prefix} is laid out in another way: ${stored}`,
      'Choose another prefix, or update this package.',
    )
  if (options.buckets !== undefined && options.buckets !== buckets)
    throw unusable(
      `the records under the prefix ${options.prefix} are stored in ${buckets} buckets, not in ${options.buckets}`,
      `Leave buckets: out, set it to ${buckets}, or choose another prefix.`,
    )
  return buckets
}

const defaultBuckets = ({ cluster }: RedisOptions): number => (cluster ? clusterBuckets : 1)

/** The layout that is stored, once the first has stored it. */
async function pinned(connection: RedisConnection, key: string, buckets: number): Promise<string> {
  const call = { operation: 'open' }
  const present = await connection.command<Buffer | null>(call, 'get', key)
  if (present) return String(present)
  await connection.command(call, 'set', key, `layout 1, buckets ${buckets}`, 'nx')
  return String(await connection.command(call, 'get', key))
}
