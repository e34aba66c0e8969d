import type { CacheInput } from '../support/durable-cache.js'

/** A server that may be killed, suspended and started again, on its port and with what it has on its disk. */
export interface StoreServer {
  readonly port: number
  /** Resolves when it accepts connections. */
  start(): Promise<void>
  /** With SIGKILL, to all of its processes. */
  kill(): Promise<void>
  /** With SIGSTOP, all of its processes. */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

/** The servers of a store, and how a driver finds them. */
export interface Topology {
  readonly servers: readonly StoreServer[]
  /** The cache on them; on the way through this port, where there is only one. */
  cache(port?: number): CacheInput
  stop(): Promise<void>
}

/** Some of its servers take over when others die. */
export interface Replicated extends Topology {
  /** Resolves with a server that accepts writes, when it has a replica that is in step. */
  victim(random: () => number): Promise<Victim>
}

interface Victim {
  readonly master: StoreServer
  /** A client of one of the servers that writes to this master. */
  register(server: StoreServer): Promise<Register>
  /** Resolves with the server that has taken its place. */
  successor(): Promise<StoreServer>
  /** Resolves when the master runs again, as a replica. */
  revive(): Promise<void>
}

/** One number in a store, by a client that has nothing to do with the project. */
export interface Register {
  write(count: number): Promise<void>
  read(): Promise<number>
  /** Resolves when a replica has what was written. */
  replicated(): Promise<void>
  close(): void
}

export function onlyServer({ servers: [server, ...others] }: Topology): StoreServer {
  if (!server || others.length > 0) throw new RangeError('There is more than one server, or none')
  return server
}

export function serverAt<S extends StoreServer>(servers: readonly S[], port: number): S {
  const server = servers.find((it) => it.port === port)
  if (!server) throw new RangeError(`There is no server on port ${port}`)
  return server
}

const patienceMs = 30_000

/** Asks again and again, also when the question fails. The question takes some milliseconds, which is pause enough. */
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
