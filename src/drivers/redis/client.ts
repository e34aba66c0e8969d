import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { StorageError } from '../../storage/errors.js'
import { reasonOf } from '../../support/errors.js'
import type { RedisOptions } from './options.js'
import { type Address, addressOf, serverOf } from './server.js'

export type Argument = string | number | Buffer

/** As much of a connection to one server as we use. */
export interface RedisNode {
  readonly status: string
  readonly stream?: { cork(): void; uncork(): void }
  connect(): Promise<void>
  callBuffer(command: string, ...parameters: Argument[]): Promise<unknown>
  once(event: 'ready', listener: () => void): unknown
}

/** As much of ioredis as we use, of a single server or of a cluster. */
export interface RedisClient {
  connect(): Promise<void>
  quit(): Promise<unknown>
  disconnect(): void
  callBuffer(command: string, ...parameters: Argument[]): Promise<unknown>
  on(event: 'error' | 'node error', listener: (error: Error) => void): unknown
  on(event: 'ready', listener: () => void): unknown
  on(event: '+node', listener: (node: RedisNode) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

export interface RedisServers {
  readonly client: RedisClient
  /** The servers that take writes, as far as they are known. */
  masters(): readonly RedisNode[]
}

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
}

/** Until the next attempt to connect, which goes on beside the calls. */
const retryDelay = (attempt: number): number =>
  Math.min(firstRetryMs * 2 ** attempt, longestRetryMs) * (0.5 + Math.random() / 2)

/** A master that has become a replica is left for the new one. */
const hasLostItsRole = (error: Error): boolean => error.message.includes('READONLY')

/** Makes the client and connects nothing yet. Throws STORAGE_UNUSABLE. */
export async function createServers(options: RedisOptions, directory: string, cache: string): Promise<RedisServers> {
  const { Cluster, Redis } = await importClient(cache)
  const { username, password, db, tls, ...place } = serverOf(options)
  const access = { ...neverLater, username, password, ...(tls && { tls: tlsOf(options, directory, cache) }) }
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
    return { client: cluster, masters: () => cluster.nodes('master') }
  }
  const single = {
    ...access,
    db,
    enableOfflineQueue: false,
    retryStrategy: retryDelay,
    reconnectOnError: hasLostItsRole,
  }
  const redis = new Redis({ ...single, ...(options.sentinel ? sentinelsOf(options.sentinel) : place) })
  return { client: redis, masters: () => [redis] }
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
    sentinels: nodes.map(addressOf) as Address[],
    sentinelRetryStrategy: retryDelay,
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
  }
}

function tlsOf({ tls }: RedisOptions, directory: string, cache: string) {
  if (typeof tls === 'boolean') return {}
  const { servername, ...files } = tls
  const contents = Object.entries(files).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, contentOf(resolve(directory, file), cache)]],
  )
  return { ...Object.fromEntries(contents), ...(servername !== undefined && { servername }) }
}

function contentOf(path: string, cache: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const remedy = 'Name existing files under tls:, relative to the configuration file.'
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason: reasonOf(cause), remedy }, { cause })
  }
}
