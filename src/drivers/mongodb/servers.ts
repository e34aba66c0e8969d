import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { missingClient } from '../missing-client.js'
import { passwordFrom, secretOf } from '../network/secret.js'
import { tlsSettings } from '../network/tls.js'
import type { MongoClient, MongoServers } from './client.js'
import type { MongodbOptions } from './options.js'
import { partsOf } from './url.js'

const defaultHost = '127.0.0.1'
const defaultPort = 27_017
const defaultDatabase = 'scopes'

/** A server that does not answer for this long counts as dead. */
const connectTimeoutMs = 5_000
/** How long a call looks for a server that accepts writes, such as the next primary. */
const selectionTimeoutMs = 1_000
/** How long a call waits for a free connection. */
const queueTimeoutMs = 2_000
/** How often the client looks for the state of the servers, and so the delay until one that is back is used again. */
const heartbeatMs = 1_000

/** The settings on which the promises of this driver depend. */
const fixed = {
  appName: 'koa-scopes',
  writeConcern: { w: 'majority' as const },
  readPreference: 'primary' as const,
  // A repetition by the client would hide whether the first attempt was carried out. MongoConnection repeats what it may.
  retryReads: false,
  retryWrites: false,
  waitQueueTimeoutMS: queueTimeoutMs,
  connectTimeoutMS: connectTimeoutMs,
  serverSelectionTimeoutMS: selectionTimeoutMs,
  heartbeatFrequencyMS: heartbeatMs,
  // Values come as bytes, numbers as numbers.
  promoteBuffers: true,
  promoteLongs: true,
  promoteValues: true,
}

async function imported(cache: string): Promise<typeof import('mongodb')> {
  try {
    return await import('mongodb')
  } catch (cause) {
    throw missingClient({ cache, name: 'mongodb', store: 'MongoDB' }, cause)
  }
}

/** Imports the client and checks the options with it. Throws STORAGE_UNUSABLE. */
export async function serversOf(options: MongodbOptions, directory: string, cache: string): Promise<MongoServers> {
  const { MongoClient: Client } = await imported(cache)
  const secret = secretOf(options, { cache, directory })
  const settings = {
    ...fixed,
    maxPoolSize: options.connections,
    ...(options.tls !== undefined && { tls: options.tls !== false, ...tlsSettings(options.tls, directory, cache) }),
  }
  const { url, where, database } = placeOf(options)
  // The types of the client are wider in their results, and narrower in their options, than what is used of them here.
  const clientWith = (password: string) =>
    new Client(url, { ...settings, ...accessOf(options, password) }) as unknown as MongoClient
  const createClient = async () => clientWith((await passwordFrom(secret)) ?? '')
  try {
    await clientWith('any').close()
  } catch (cause) {
    throw refusedOptions(cause, url, cache)
  }
  return { createClient, where, database }
}

/** The servers and the database that the options name. The URL may have user and password in it. */
export function placeOf(options: MongodbOptions): {
  readonly url: string
  readonly where: string
  readonly database: string
} {
  const { url, host = defaultHost, port = defaultPort, hosts, database } = options
  if (url !== undefined) {
    const parts = partsOf(url)
    return { url, where: parts?.hosts ?? '', database: database ?? parts?.database ?? defaultDatabase }
  }
  const where = hosts?.join(',') ?? `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
  return { url: `mongodb://${where}/`, where, database: database ?? defaultDatabase }
}

function accessOf({ username, authSource, replicaSet }: MongodbOptions, password: string) {
  return {
    ...(username !== undefined && { auth: { username, password } }),
    ...(authSource !== undefined && { authSource }),
    ...(replicaSet !== undefined && { replicaSet }),
  }
}

/** Without its cause, whose message may repeat the URL. */
function refusedOptions(cause: unknown, url: string, cache: string): StorageError {
  const reason = reasonOf(cause).replaceAll(url, 'the URL').replace(/\.$/, '')
  return new StorageError('STORAGE_UNUSABLE', {
    cache,
    reason: `the client does not accept the options: ${reason}`,
    remedy: 'Correct the url: or the other options of this cache.',
  })
}
