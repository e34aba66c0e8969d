import { backoffDelay } from '../../support/backoff.js'
import { missingClient } from '../missing-client.js'
import { type Address, addressOf } from '../network/address.js'
import { secretOf } from '../network/secret.js'
import { type TlsSettings, tlsSettings } from '../network/tls.js'
import { serverOf } from './address.js'
import { AskedPassword, askingConnector } from './asking-connector.js'
import type { RedisServers } from './client.js'
import type { RedisOptions } from './options.js'

const connectTimeoutMs = 5_000
/** A server that does not answer a command for this long counts as dead. */
const socketTimeoutMs = 5_000
const firstRetryMs = 50
const longestRetryMs = 2_000
/** The most redirections of a command from node to node. */
const longestChase = 5

/** Commands neither wait for a connection nor are sent a second time: without one, callers get an error at once. */
const neverLater = {
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: connectTimeoutMs,
  socketTimeout: socketTimeoutMs,
  disableClientInfo: true,
  // The protocol of ioredis 5; a later one has other forms of replies.
  protocol: 2 as const,
}

/** A subscriber does not reconnect; its owner makes another one. */
const subscribing = { retryStrategy: null, sentinelRetryStrategy: () => null, enableOfflineQueue: false }

/** The delay before the next attempt to connect, which happens in the background. */
const retryDelay = (attempt: number): number => Math.round(backoffDelay(attempt, firstRetryMs, longestRetryMs))

/** Whether a master has become a replica, so that the client must connect to the new master. */
const hasLostItsRole = (error: Error): boolean => error.message.includes('READONLY')

async function imported(cache: string): Promise<Client> {
  try {
    return await import('ioredis')
  } catch (cause) {
    throw missingClient({ cache, name: 'ioredis', store: 'Redis' }, cause)
  }
}

/** Imports the client. Returns a function that creates clients, which do not connect yet, at each call. Throws STORAGE_UNUSABLE. */
export async function serversOf(options: RedisOptions, directory: string, cache: string): Promise<() => RedisServers> {
  const client: Client = await imported(cache)
  const { username, password: named, db, tls, ...place } = serverOf(options)
  const { cluster, passwordFile, sentinel } = options
  const environment = { cache, directory }
  const secret = secretOf({ password: named, passwordFile }, environment)
  const ofSentinel = sentinel && secretOf(sentinel, environment)
  const passwords = [secret, ofSentinel].map((one) => (typeof one === 'function' ? new AskedPassword(one) : one))
  const asked = passwords.filter((one) => one instanceof AskedPassword)
  // ioredis makes texts of them.
  const [password, sentinelPassword] = passwords as readonly (string | undefined)[]
  const access: Access = {
    username,
    password,
    ...(tls && { tls: tlsSettings(options.tls, directory, cache) }),
    ...(asked.length > 0 && { Connector: askingConnector(client, asked, sentinel !== undefined) }),
  }
  const overTls = tls ? ' over TLS' : ''
  if (cluster) return () => clusterServers(client, `cluster ${cluster}${overTls}`, cluster.map(addressOf), access)
  const where = (sentinel ? `sentinels ${sentinel.nodes}` : (place.path ?? `${place.host}:${place.port}`)) + overTls
  const way = sentinel ? sentinelsOf(sentinel, sentinelPassword, access.tls) : place
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
    // A command whose connection broke may have been carried out, so it must not be sent to another node.
    retryDelayOnFailover: 0,
    // RedisConnection repeats commands that the nodes refuse for the moment, because it knows the caller's deadline.
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 0,
    maxRedirections: longestChase,
    clusterRetryStrategy: retryDelay,
    clusterNodeRetryStrategy: retryDelay,
    // A certificate is for the name, not for its address.
    ...(access.tls && { dnsLookup: (host, found) => found(null, host) }),
    redisOptions: { ...neverLater, ...access },
  })
  // If a node fails, another one may have taken over, and the failed node cannot reply with a redirection.
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
      await node.connect().catch(() => {}) // the event 'error' has the reason
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

type Client = Pick<typeof import('ioredis'), 'AbstractConnector' | 'Cluster' | 'Redis' | 'SentinelConnector'>

type Sentinel = NonNullable<RedisOptions['sentinel']>

/** User and TLS settings of a connection, as options of ioredis. */
interface Access {
  readonly username: string | undefined
  readonly password: string | undefined
  readonly tls?: TlsSettings
  readonly Connector?: ReturnType<typeof askingConnector>
}

/** The options for sentinels. TLS must be set for the sentinels too, because ioredis would connect to them without it. */
function sentinelsOf({ name, nodes, username }: Sentinel, password: string | undefined, tls: Access['tls']) {
  return {
    name,
    sentinels: nodes.map((node): Partial<Address> => addressOf(node)),
    sentinelRetryStrategy: retryDelay,
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
  }
}
