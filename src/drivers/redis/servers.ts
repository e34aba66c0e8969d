import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { backoffDelay } from '../../support/backoff.js'
import { type Address, addressOf, serverOf } from './address.js'
import type { RedisServers } from './client.js'
import type { RedisOptions } from './options.js'
import { tlsSettings } from './tls.js'

const connectTimeoutMs = 5_000
/** A server that says nothing for so long although it was asked something is taken for dead. */
const socketTimeoutMs = 5_000
const firstRetryMs = 50
const longestRetryMs = 2_000
/** From how many nodes a command may be sent on to the next. */
const longestChase = 5

/** Nothing waits for a connection, and nothing is sent a second time: callers hear at once that there is none. */
const neverLater = {
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: connectTimeoutMs,
  socketTimeout: socketTimeoutMs,
  disableClientInfo: true,
  // What ioredis 5 speaks; a later one would say the same in other forms.
  protocol: 2 as const,
}

/** It is for its owner to make another one. */
const subscribing = { retryStrategy: null, sentinelRetryStrategy: () => null, enableOfflineQueue: false }

/** Until the next attempt to connect, which goes on beside the calls. */
const retryDelay = (attempt: number): number => Math.round(backoffDelay(attempt, firstRetryMs, longestRetryMs))

/** A master that has become a replica is left for the new one. */
const hasLostItsRole = (error: Error): boolean => error.message.includes('READONLY')

/** Imports the client. What it returns makes the connections, as often as it is called, and connects nothing yet. Throws STORAGE_UNUSABLE. */
export async function serversOf(options: RedisOptions, directory: string, cache: string): Promise<() => RedisServers> {
  const client = await importClient(cache)
  const { username, password, db, tls, ...place } = serverOf(options)
  const access = { username, password, ...(tls && { tls: tlsSettings(options, directory, cache) }) }
  const { cluster, sentinel } = options
  const overTls = tls ? ' over TLS' : ''
  if (cluster) return () => clusterServers(client, `cluster ${cluster}${overTls}`, cluster.map(addressOf), access)
  const where = (sentinel ? `sentinels ${sentinel.nodes}` : (place.path ?? `${place.host}:${place.port}`)) + overTls
  const way = sentinel ? sentinelsOf(sentinel, access.tls) : place
  return () => singleServer(client, where, { ...access, db, ...way })
}

function singleServer({ Redis }: Client, where: string, access: Access & { readonly db: number }): RedisServers {
  const redis = new Redis({
    ...neverLater,
    ...access,
    enableOfflineQueue: false,
    retryStrategy: retryDelay,
    reconnectOnError: hasLostItsRole,
  })
  return {
    client: redis,
    where,
    masters: () => [redis],
    subscriber: () => ({ client: redis.duplicate(subscribing), isCurrent: () => true }),
  }
}

function clusterServers({ Cluster, Redis }: Client, where: string, nodes: Address[], access: Access): RedisServers {
  const cluster = new Cluster(nodes, {
    lazyConnect: true,
    enableOfflineQueue: false,
    // A command whose connection broke may have been carried out: it must not be sent to another node.
    retryDelayOnFailover: 0,
    // What the nodes refuse for the moment is asked for again by those who know their caller's deadline.
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 0,
    maxRedirections: longestChase,
    clusterRetryStrategy: retryDelay,
    clusterNodeRetryStrategy: retryDelay,
    // The name, not its address, is what a certificate is for.
    ...(access.tls && { dnsLookup: (host, found) => found(null, host) }),
    redisOptions: { ...neverLater, ...access },
  })
  // Another node may have taken over from one that fails, and no reply of its own can tell.
  cluster.on('node error', () => cluster.status === 'ready' && cluster.refreshSlotsCache())
  const masters = () => cluster.nodes('master')
  return {
    client: cluster,
    where,
    masters,
    async whyUnreachable() {
      const node = new Redis({ ...neverLater, ...access, ...subscribing, ...nodes[0] })
      let why: Error | undefined
      node.on('error', (error) => {
        why ??= error
      })
      await node.connect().catch(() => {}) // the event tells more
      node.disconnect()
      return why
    },
    subscriber() {
      const ready = masters().filter(({ status }) => status === 'ready')
      const node = ready[Math.floor(Math.random() * ready.length)]
      return node && { client: node.duplicate(subscribing), isCurrent: () => masters().includes(node) }
    },
  }
}

type Client = Pick<typeof import('ioredis'), 'Cluster' | 'Redis'>

type Sentinel = NonNullable<RedisOptions['sentinel']>

/** Where and as whom to connect, in the words of ioredis. */
interface Access {
  readonly username: string | undefined
  readonly password: string | undefined
  readonly tls?: ReturnType<typeof tlsSettings>
}

async function importClient(cache: string): Promise<Client> {
  try {
    return await import('ioredis')
  } catch (cause) {
    const reason = `the package ioredis, which speaks to Redis, cannot be loaded: ${reasonOf(cause)}`
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy: 'Run: npm install ioredis' }, { cause })
  }
}

/** TLS is for the sentinels and for the servers they name; ioredis would go on without it. */
function sentinelsOf({ name, nodes, username, password }: Sentinel, tls: Access['tls']) {
  return {
    name,
    sentinels: nodes.map((node): Partial<Address> => addressOf(node)),
    sentinelRetryStrategy: retryDelay,
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
  }
}
