import type { Call } from '../network/call.js'
import type { Connections } from './connections.js'
import { bytesOf } from './record-row.js'

/** The number under which the tables know a space. It is added to them at the first use. */
export class SpaceNumber {
  readonly #connections: Connections
  readonly #prefix: string
  readonly #name: Buffer
  #number: number | undefined
  #found: Promise<number> | undefined

  constructor(connections: Connections, prefix: string, name: string) {
    this.#connections = connections
    this.#prefix = prefix
    this.#name = bytesOf(name)
  }

  /** undefined until it was asked for. */
  get known(): number | undefined {
    return this.#number
  }

  /** Throws a StorageError; then the next call tries again. */
  async get(call: Call): Promise<number> {
    if (this.#number !== undefined) return this.#number
    this.#found ??= this.#find(call)
    try {
      this.#number = await this.#found
      return this.#number
    } finally {
      this.#found = undefined
    }
  }

  async #find(call: Call): Promise<number> {
    const values = [this.#prefix, this.#name]
    for (;;) {
      const [row] = await this.#connections.run<{ readonly id: number }>('space', values, call)
      if (row) return row.id
      await this.#connections.run('add-space', values, call)
    }
  }
}
