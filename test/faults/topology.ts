import { redisCli } from '../support/redis-server.js'
import { RedisProcess } from './redis-process.js'

/** The servers of a Redis, and how a driver finds them. */
export interface Topology {
  readonly servers: readonly RedisProcess[]
  /** Of the driver. */
  readonly options: Readonly<Record<string, unknown>>
  stop(): Promise<void>
}

/** Some of its servers take over when others die. */
export interface Replicated extends Topology {
  /** Resolves with one of the masters when all of them have replicas that are in step. */
  victim(random: () => number): Promise<Victim>
}

export interface Victim {
  readonly master: RedisProcess
  /** A key this master is responsible for. */
  readonly key: string
  /** Resolves with the server that has taken its place. */
  successor(): Promise<RedisProcess>
}

/** What is acknowledged is on disk, so that SIGKILL loses nothing. */
export async function singleRedis(): Promise<Topology> {
  const server = await RedisProcess.start({ appendonly: 'yes', appendfsync: 'always' })
  return { servers: [server], options: { url: server.url }, stop: () => server.stop() }
}

export const replicating = { appendonly: 'no', 'repl-diskless-sync-delay': '0', 'repl-ping-replica-period': '1' }

export type Role = 'master' | 'replica' | 'replica out of step'

export async function roleOf({ port }: RedisProcess): Promise<Role> {
  const state = await redisCli(port, 'info', 'replication')
  if (state.includes('role:master')) return 'master'
  return state.includes('master_link_status:up') ? 'replica' : 'replica out of step'
}

export function serverAt(servers: readonly RedisProcess[], port: number): RedisProcess {
  const server = servers.find((it) => it.port === port)
  if (!server) throw new RangeError(`There is no server on port ${port}`)
  return server
}

const patienceMs = 30_000

/** Asks again and again, also when the question fails. The redis-cli in it takes some milliseconds, which is pause enough. */
export async function eventually<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      const answer = await ask()
      if (answer) return answer
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    if (performance.now() > deadline) throw new Error(`The servers did not get there within ${patienceMs} ms`)
  }
}
