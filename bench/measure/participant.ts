import { type Shape, visitorsOf } from '../content.js'
import type { Contestant } from '../contestants.js'
import { Connections } from '../load/connections.js'
import { flatOut } from '../load/flat-out.js'
import { ServerProcess } from '../load/server-process.js'
import type { Workload } from '../workloads.js'
import type { Storage } from './storage.js'

export interface ParticipantOptions {
  readonly nodes: number
  /** Number of connections to each node. */
  readonly connections: number
  /** Arguments for the Node process of each server. */
  readonly execArgv?: readonly string[]
  /** The main module of another build of koa-scopes, which takes the place of this one. */
  readonly entry?: string
}

interface Node {
  readonly server: ServerProcess
  readonly connections: Connections
}

/** Contestants without sessions get a cookie too, so that all get the same requests. */
const someCookie = 'session=0123456789abcdef0123456789abcdef'

/** The running servers of a contestant with their own storage, and the visitors of their sessions. */
export class Participant {
  readonly contestant: Contestant
  readonly #storage: Storage
  readonly #nodes: readonly Node[]
  readonly #cookies = new Map<Shape, readonly string[]>()
  readonly #sent = new Map<Workload, number>()

  private constructor(contestant: Contestant, storage: Storage, nodes: readonly Node[]) {
    this.contestant = contestant
    this.#storage = storage
    this.#nodes = nodes
  }

  /** Owns the storage: stops it at the end, or if the start fails. */
  static async start(
    contestant: Contestant,
    storage: Storage,
    { nodes, connections, execArgv, entry }: ParticipantOptions,
  ): Promise<Participant> {
    const { file, variant } = contestant
    const own = variant === undefined ? [] : [contestant.storage, variant]
    const parameters = [storage.address, ...own, ...(entry === undefined ? [] : [entry])]
    const start = async () => {
      const server = await ServerProcess.start(file, parameters, execArgv)
      return { server, connections: new Connections(server.origin, connections) }
    }
    try {
      return new Participant(contestant, storage, await Promise.all(Array.from({ length: nodes }, start)))
    } catch (error) {
      await storage.stop()
      throw error
    }
  }

  /** Makes the sessions that these workloads need, at most `most` of each shape. */
  async fill(workloads: readonly Workload[], most = Number.POSITIVE_INFINITY): Promise<void> {
    const shapes = new Set(workloads.flatMap(({ shape }) => shape ?? []))
    for (const shape of shapes) {
      this.#cookies.set(shape, await this.#sessions(shape, Math.min(visitorsOf(shape), most)))
    }
  }

  /** Takes over visitors with stored sessions. */
  adopt(shape: Shape, cookies: readonly string[]): void {
    this.#cookies.set(shape, cookies)
  }

  /** Sends the next request of a workload; its visitors take turns. */
  async send(workload: Workload): Promise<void> {
    const n = this.#sent.get(workload) ?? 0
    this.#sent.set(workload, n + 1)
    const path = workload.page
    if (!workload.shape) return void (await this.#node(0).connections.request({ path }))
    const cookies = this.#cookies.get(workload.shape) ?? []
    const round = Math.floor(n / cookies.length)
    const node = workload.alternating ? (n + round) % this.#nodes.length : 0
    await this.#node(node).connections.request({ path, cookie: cookies[n % cookies.length] })
  }

  /** Sends `requests` requests as fast as the servers answer. */
  rush(workload: Workload, requests: number): Promise<void> {
    return flatOut(this.#node(0).connections.count, requests, () => this.send(workload))
  }

  /** Microseconds of CPU used by all its servers. */
  async cpu(): Promise<number> {
    const all = await Promise.all(this.#nodes.map(({ server }) => server.cpu()))
    return all.reduce((sum, one) => sum + one, 0)
  }

  /** Microseconds of CPU used by the server of its database; undefined if it has none, or its CPU cannot be measured. */
  async databaseCpu(): Promise<number | undefined> {
    return this.#storage.cpu?.()
  }

  async stop(): Promise<void> {
    for (const { server, connections } of this.#nodes) {
      await connections.close()
      await server.stop()
    }
    await this.#storage.stop()
  }

  async #sessions(shape: Shape, visitors: number): Promise<readonly string[]> {
    const { role } = this.contestant
    if (role === 'bare' || role === 'wire') return [someCookie]
    const { connections } = this.#node(0)
    const cookies: string[] = []
    await flatOut(connections.count, visitors, async (n) => {
      cookies[n] = await connections.request({ path: `/fill/${shape}` })
    })
    return cookies
  }

  #node(place: number): Node {
    const node = this.#nodes[place]
    if (!node) throw new RangeError(`${this.contestant.name} has no node ${place}`)
    return node
  }
}
