import { isScopesError } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import type { Connections } from './connections.js'
import { bytesOf } from './record-row.js'

/** How long all callers together wait for a number, if their own deadlines are not earlier. */
const longestMs = 5_000

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

  /** Rejects with a StorageError, then nothing was changed; the next call tries again. Callers that have given up do not matter to the others. */
  async get(call: Call): Promise<number> {
    if (this.#number !== undefined) return this.#number
    this.#found ??= this.#find(call.operation).finally(() => {
      this.#found = undefined
    })
    this.#number = await this.#found
    throwIfGivenUp(call)
    return this.#number
  }

  async #find(operation: string): Promise<number> {
    const call: Call = { operation, givesUpAt: performance.now() + longestMs }
    const values = [this.#prefix, this.#name]
    try {
      for (;;) {
        const [row] = await this.#connections.run<{ readonly id: number }>('space', values, call)
        if (row) return row.id
        await this.#connections.run('add-space', values, call)
      }
    } catch (error) {
      if (!isScopesError(error, 'STORAGE_UNANSWERED')) throw error
      throw new StorageError('STORAGE_UNAVAILABLE', error.details, { cause: error })
    }
  }
}
