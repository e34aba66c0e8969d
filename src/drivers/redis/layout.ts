import { isScopesError } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
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
  /** No node has used the prefix yet. Always false for a node, because it is the first one then. */
  readonly isUnused: boolean
}

/**
 * Reads or creates the layout; a visit only reads it. Throws STORAGE_UNUSABLE if the server, or the layout stored there, does not fit
 * the options.
 */
export async function layoutOf(
  connection: RedisConnection,
  options: RedisOptions,
  { cache, isVisit = false }: Pick<DriverEnvironment, 'cache' | 'isVisit'>,
): Promise<Layout> {
  const unusable = (reason: string, remedy: string) => new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy })
  const [master] = connection.masters
  if (!master) throw unusable('the cluster has no masters', 'Give its slots to some nodes.')
  const server = await infoOf(connection, master, call)
  if (isTooOld(server)) throw unusable(`the server has version ${server.version}`, 'Update it to Redis 6.2 or Valkey.')
  if (server.mode === 'cluster' && !options.cluster)
    throw unusable('the server is a node of a cluster', 'List nodes of it under cluster: instead.')
  // Without the right to publish, a script would fail after it has written a part of a record.
  await connection.command(call, 'publish', layoutKey(options.prefix), '')

  const stored = await (isVisit ? found : pinned)(connection, options).catch((error) => {
    if (!isScopesError(error, 'STORAGE_CORRUPT')) throw error
    const reason = `another program has written the key ${layoutKey(options.prefix)}`
    throw unusable(reason, 'Choose another prefix, or remove that key if no program needs it.')
  })
  if (stored === undefined) return { server, buckets: bucketsOf(options), isUnused: true }
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
  return { server, buckets, isUnused: false }
}

const bucketsOf = ({ buckets, cluster }: RedisOptions): number => buckets ?? (cluster ? clusterBuckets : 1)

/** The stored layout; undefined if there is none. */
async function found(connection: RedisConnection, { prefix }: RedisOptions): Promise<string | undefined> {
  const present = await connection.command<Buffer | null>(call, 'get', layoutKey(prefix))
  return present ? String(present) : undefined
}

/** The stored layout. If there is none, stores it first. */
async function pinned(connection: RedisConnection, options: RedisOptions): Promise<string> {
  const present = await found(connection, options)
  if (present !== undefined) return present
  const key = layoutKey(options.prefix)
  await connection.command(call, 'set', key, `layout 2, buckets ${bucketsOf(options)}`, 'nx')
  return String(await connection.command(call, 'get', key))
}
