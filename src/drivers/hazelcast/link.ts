import type { HazelcastClient, HazelcastLibrary } from './client.js'
import { entrySerializer } from './entry.js'
import type { HazelcastOptions } from './options.js'

const connectTimeoutMs = 5_000
const openTimeoutMs = 10_000
const firstRetryMs = 50
const longestRetryMs = 2_000
const heartbeatEveryMs = 2_000
/** A member that has not answered for this long counts as lost. */
const silentMs = 10_000

/** The client would send a request again that may have been carried out: it must not, so its time is over at once. */
const noRepeats = -1

export interface Link {
  readonly client: HazelcastClient
  /** The last trouble that the client reported; for messages. */
  readonly trouble: () => string | undefined
}

/** Hears what happens to the connection to the cluster. */
interface Audience {
  onConnect(): void
}

/**
 * Connects. From then on the client reconnects in the background, for ever; without a connection every request rejects at
 * once. Rejects when all members that the options name have refused or been out of reach.
 */
export async function linkTo(library: HazelcastLibrary, options: HazelcastOptions, audience: Audience): Promise<Link> {
  let trouble: string | undefined
  let failures = 0
  let connected = () => {}
  let failed: (error: Error) => void = () => {}
  const outcome = new Promise<void>((resolve, reject) => {
    connected = resolve
    failed = reject
  })
  const hear = (sentence: string) => {
    const [, member = '', reason = ''] = /^Error during initial connection to (\S+) (.*)$/s.exec(sentence) ?? []
    if (reason === '') return
    trouble = `${member}: ${reason.replace(/^\w*Error: /, '').split('\n')[0]}`
    failures += 1
    if (failures >= options.members.length) failed(new Error(trouble))
  }
  const timer = setTimeout(() => failed(new Error(trouble ?? `no answer within ${openTimeoutMs} ms`)), openTimeoutMs)
  const listener = (state: string) => {
    if (state !== 'CONNECTED') return
    connected()
    audience.onConnect()
  }
  const client = await library.Client.newHazelcastClient(configOf(options, hear, listener))
  try {
    await outcome
    return { client, trouble: () => trouble }
  } catch (error) {
    await client.shutdown()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const configOf = (
  { members, clusterName, username, password }: HazelcastOptions,
  hear: (sentence: string) => void,
  listener: (state: string) => void,
) => ({
  clusterName,
  network: { clusterMembers: members, connectionTimeout: connectTimeoutMs, redoOperation: false },
  connectionStrategy: {
    asyncStart: true,
    reconnectMode: 'ASYNC',
    connectionRetry: {
      initialBackoffMillis: firstRetryMs,
      maxBackoffMillis: longestRetryMs,
      multiplier: 2,
      jitter: 0.5,
      clusterConnectTimeoutMillis: -1,
    },
  },
  // The member that carries out a write waits for its backups. If they answered this node instead, it would miss the answers
  // of members that it is not connected to at the moment.
  backupAckToClientEnabled: false,
  lifecycleListeners: [listener],
  serialization: { compact: { serializers: [entrySerializer] } },
  ...(username !== undefined && { security: { usernamePassword: { username, password: password ?? '' } } }),
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
