import { passwordFrom } from '../network/secret.js'
import type { HazelcastClient, HazelcastLibrary } from './client.js'
import { entrySerializer } from './entry.js'
import type { HazelcastOptions } from './options.js'
import { paceStateSending } from './state-sending.js'

const connectTimeoutMs = 5_000
const openTimeoutMs = 10_000
const firstRetryMs = 50
const longestRetryMs = 2_000
const heartbeatEveryMs = 2_000
/** A member that has not answered for this long counts as lost. */
const silentMs = 10_000

/** The client would send a request again that may have been carried out: it must not, so its time is over at once. */
const noRepeats = -1
const forEver = -1

export interface Link {
  readonly client: HazelcastClient
  /** The last trouble that the client reported; for messages. */
  readonly trouble: () => string | undefined
}

/** Hears what happens to the connection, and to the cluster. */
interface Audience {
  onConnect(): void
  onJoin(): void
  onLeave(): void
}

/**
 * Connects. From then on the client reconnects in the background, for ever; without a connection every request rejects at
 * once. Rejects if no member that the options name can be used now.
 */
export async function linkTo(library: HazelcastLibrary, options: HazelcastOptions, audience: Audience): Promise<Link> {
  let trouble: string | undefined
  const hear = (sentence: string) => {
    const [, member = '', reason = ''] = /^Error during initial connection to (\S+) (.*)$/s.exec(sentence) ?? []
    if (reason !== '') trouble = `${member}: ${reason.replace(/^\w*Error: /, '').split('\n')[0]}`
  }
  const password = (await passwordFrom(options.password)) ?? ''
  const connect = (retryForMs: number, heard: Partial<Audience> = {}) =>
    library.Client.newHazelcastClient(configOf(options, password, retryForMs, hear, heard))
  try {
    // One that does not retry finds out whether a member can be used. One that retries would wait here until it can, and
    // one that starts in the background never connects to more than one member (hazelcast-client 5.6).
    await (await connect(0)).shutdown()
    const client = await inTime(connect(forEver, audience))
    paceStateSending(client)
    return { client, trouble: () => trouble }
  } catch (error) {
    throw trouble === undefined ? error : new Error(trouble, { cause: error })
  }
}

/** Rejects if it takes too long, and shuts down the client that comes after all. */
async function inTime(connecting: Promise<HazelcastClient>): Promise<HazelcastClient> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => {
      reject(new Error(`no answer within ${openTimeoutMs} ms`))
      connecting.then((client) => client.shutdown()).catch(() => {}) // it was of no use
    }
    timer = setTimeout(giveUp, openTimeoutMs)
  })
  return Promise.race([connecting, late]).finally(() => clearTimeout(timer))
}

const configOf = (
  { members, clusterName, username }: HazelcastOptions,
  password: string,
  retryForMs: number,
  hear: (sentence: string) => void,
  { onConnect, onJoin, onLeave }: Partial<Audience>,
) => ({
  clusterName,
  network: { clusterMembers: members, connectionTimeout: connectTimeoutMs, redoOperation: false },
  connectionStrategy: {
    reconnectMode: 'ASYNC',
    connectionRetry: {
      initialBackoffMillis: firstRetryMs,
      maxBackoffMillis: longestRetryMs,
      multiplier: 2,
      jitter: 0.5,
      clusterConnectTimeoutMillis: retryForMs,
    },
  },
  // The member that carries out a write waits for its backups. If they answered this node instead, it would miss the answers
  // of members that it is not connected to at the moment.
  backupAckToClientEnabled: false,
  lifecycleListeners: [(state: string) => state === 'CONNECTED' && onConnect?.()],
  membershipListeners: [{ memberAdded: () => onJoin?.(), memberRemoved: () => onLeave?.() }],
  serialization: { compact: { serializers: [entrySerializer] } },
  ...(username !== undefined && { security: { usernamePassword: { username, password } } }),
  customLogger: logger(hear),
  properties: {
    'hazelcast.client.invocation.timeout.millis': noRepeats,
    'hazelcast.client.heartbeat.interval': heartbeatEveryMs,
    'hazelcast.client.heartbeat.timeout': silentMs,
  },
})

const ignore = () => {}

/** The client tells the reasons why it cannot connect only to its logger. */
const logger = (hear: (sentence: string) => void) => ({
  log: ignore,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: (_: string, sentence: string) => hear(sentence),
  error: ignore,
})
