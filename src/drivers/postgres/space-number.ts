import { isScopesError } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import type { Connections } from './connections.js'
import { bytesOf } from './record-row.js'

/** How long all callers together wait for a number, if their own deadlines are not earlier. */
const longestMs = 5_000

export interface Space {
  /** The name of the cache, for messages. */
  readonly cache: string
  readonly prefix: string
  readonly name: string
  readonly isAdded: boolean
}

/** The number under which the tables know a space. It is added to them at the first use. */
export class SpaceNumber {
  readonly #connections: Connections
  readonly #cache: string
  readonly #prefix: string
  readonly #name: Buffer
  readonly #isAdded: boolean
  #number: number | undefined
  #found: Promise<number> | undefined

  /** `isAdded`: whether it is added to the tables if it is new. Else asking for it rejects with STORAGE_UNPREPARED. */
  constructor(connections: Connections, { cache, prefix, name, isAdded }: Space) {
    this.#cache = cache
    this.#connections = connections
    this.#prefix = prefix
    this.#name = bytesOf(name)
    this.#isAdded = isAdded
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

  #unknown(): StorageError {
    const reason = `no node has used it for ${String(this.#name)} under the prefix ${this.#prefix} yet`
    return new StorageError('STORAGE_UNPREPARED', { cache: this.#cache, reason })
  }

  async #find(operation: string): Promise<number> {
    const call: Call = { operation, givesUpAt: performance.now() + longestMs }
    const values = [this.#prefix, this.#name]
    try {
      for (;;) {
        const [row] = await this.#connections.run<{ readonly id: number }>('space', values, call)
        if (row) return row.id
        if (!this.#isAdded) throw this.#unknown()
        await this.#connections.run('add-space', values, call)
      }
    } catch (error) {
      if (!isScopesError(error, 'STORAGE_UNANSWERED')) throw error
      throw new StorageError('STORAGE_UNAVAILABLE', error.details, { cause: error })
    }
  }
}
