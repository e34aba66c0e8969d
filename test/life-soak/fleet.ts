import { ShopNode } from '../support/shop-node.js'
import type { ShopSetup } from '../support/shop-server.js'
import { now, type Process } from './history.js'

type Ending = NonNullable<Process['signal']>
type Setup = Pick<ShopSetup, 'config' | 'journal'>

const soakServer = new URL('soak-server.ts', import.meta.url)

/** Nodes that serve the same, each in a process of its own, which come and go. */
export class Fleet {
  readonly size: number
  readonly #setup: Setup
  readonly #program: URL
  readonly #running: (ShopNode | undefined)[] = []
  /** The latest of each node. */
  readonly #processes = new Map<number, Process>()
  readonly #past: Process[] = []

  private constructor(size: number, setup: Setup, program: URL) {
    this.size = size
    this.#setup = setup
    this.#program = program
  }

  static async start(size: number, setup: Setup, program = soakServer): Promise<Fleet> {
    const fleet = new Fleet(size, setup, program)
    try {
      await Promise.all(fleet.numbers.map((node) => fleet.start(node)))
      return fleet
    } catch (error) {
      await fleet.kill()
      throw error
    }
  }

  get numbers(): readonly number[] {
    return Array.from({ length: this.size }, (_, node) => node)
  }

  /** All there have been, those of a node in their order. */
  get processes(): readonly Process[] {
    return [...this.#past, ...this.#processes.values()]
  }

  /** undefined while it is down. */
  urlOf(node: number): string | undefined {
    return this.#running[node]?.url
  }

  async start(node: number): Promise<void> {
    const before = this.#processes.get(node)
    if (before) this.#past.push(before)
    const name = `${node}.${this.#past.filter((it) => it.node === node).length}`
    this.#processes.set(node, { name, node, startedAt: now() })
    this.#running[node] = await ShopNode.start({ name, ...this.#setup }, this.#program)
  }

  /** Nobody is sent there any more when it is told to end. */
  async end(node: number, signal: Ending): Promise<void> {
    const running = this.#running[node]
    const process = this.#processes.get(node)
    if (!running || !process) return
    this.#running[node] = undefined
    this.#processes.set(node, { ...process, toldAt: now(), signal })
    await (signal === 'SIGKILL' ? running.kill() : running.stop())
  }

  /** For all that run. */
  async jump(ms: number): Promise<void> {
    await Promise.all(this.#running.map((node) => node?.jump(ms)))
  }

  async kill(): Promise<void> {
    await Promise.all(this.#running.map((node) => node?.kill()))
  }
}
