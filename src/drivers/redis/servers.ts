import { StorageError } from '../../storage/errors.js'
import { reasonOf } from '../../support/errors.js'
import { type Address, addressOf, serverOf } from './address.js'
import type { RedisServers } from './client.js'
import type { RedisOptions } from './options.js'
import { tlsSettings } from './tls.js'

const connectTimeoutMs = 5_000
/** A server that says nothing for so long although it was asked something is taken for dead. */
const socketTimeoutMs = 5_000
const firstRetryMs = 50
const longestRetryMs = 2_000

/** Nothing waits for a connection, and nothing is sent a second time: callers hear at once that there is none. */
const neverLater = {
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: connectTimeoutMs,
  socketTimeout: socketTimeoutMs,
  disableClientInfo: true,
}

/** Until the next attempt to connect, which goes on beside the calls. */
const retryDelay = (attempt: number): number =>
  Math.round(Math.min(firstRetryMs * 2 ** attempt, longestRetryMs) * (0.5 + Math.random() / 2))

/** A master that has become a replica is left for the new one. */
const hasLostItsRole = (error: Error): boolean => error.message.includes('READONLY')

/** Makes the client and connects nothing yet. Throws STORAGE_UNUSABLE. */
export async function createServers(options: RedisOptions, directory: string, cache: string): Promise<RedisServers> {
  const { Cluster, Redis } = await importClient(cache)
  const { username, password, db, tls, ...place } = serverOf(options)
  const access = { ...neverLater, username, password, ...(tls && { tls: tlsSettings(options, directory, cache) }) }
  if (options.cluster) {
    const cluster = new Cluster(options.cluster.map(addressOf), {
      lazyConnect: true,
      enableOfflineQueue: false,
      // A command whose connection broke may have been carried out: it must not be sent to another node.
      retryDelayOnFailover: 0,
      clusterRetryStrategy: retryDelay,
      clusterNodeRetryStrategy: retryDelay,
      // The name, not its address, is what a certificate is for.
      ...(tls && { dnsLookup: (host, found) => found(null, host) }),
      redisOptions: access,
    })
    return { client: cluster, where: `cluster ${options.cluster}`, masters: () => cluster.nodes('master') }
  }
  const { sentinel } = options
  const redis = new Redis({
    ...access,
    db,
    enableOfflineQueue: false,
    retryStrategy: retryDelay,
    reconnectOnError: hasLostItsRole,
    ...(sentinel ? sentinelsOf(sentinel) : place),
  })
  const where = sentinel ? `sentinels ${sentinel.nodes}` : (place.path ?? `${place.host}:${place.port}`)
  return { client: redis, where, masters: () => [redis] }
}

async function importClient(cache: string): Promise<Pick<typeof import('ioredis'), 'Cluster' | 'Redis'>> {
  try {
    return await import('ioredis')
  } catch (cause) {
    const reason = `the package ioredis, which speaks to Redis, cannot be loaded: ${reasonOf(cause)}`
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy: 'Run: npm install ioredis' }, { cause })
  }
}

function sentinelsOf({ name, nodes, username, password }: NonNullable<RedisOptions['sentinel']>) {
  return {
    name,
    sentinels: nodes.map((node): Partial<Address> => addressOf(node)),
    sentinelRetryStrategy: retryDelay,
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
  }
}
