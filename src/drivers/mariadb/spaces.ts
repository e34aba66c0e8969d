import { StorageError } from '../../storage/storage-error.js'
import type { Call } from '../network/call.js'
import type { Database } from './database.js'
import { bytes } from './rows.js'

export interface SpaceSettings {
  /** The name of the cache, for messages. */
  readonly cache: string
  readonly prefix: string
  /** Whether new spaces are added to the tables. Else asking for one rejects with STORAGE_UNPREPARED. */
  readonly areAdded: boolean
}

/** The numbers of the spaces, which are asked for once each. */
export class SpaceNumbers {
  readonly #database: Database
  readonly #settings: SpaceSettings
  readonly #numbers = new Map<string, Promise<number>>()

  constructor(database: Database, settings: SpaceSettings) {
    this.#database = database
    this.#settings = settings
  }

  of(name: string): Promise<number> {
    const known = this.#numbers.get(name)
    if (known) return known
    const number = this.#ask(name)
    this.#numbers.set(name, number)
    number.catch(() => this.#numbers.delete(name)) // the next call asks again
    return number
  }

  #unknown(name: string): StorageError {
    const { cache, prefix } = this.#settings
    const reason = `no node has used it for ${name} under the prefix ${prefix} yet`
    return new StorageError('STORAGE_UNPREPARED', { cache, reason })
  }

  /** The deadline of one caller must not refuse others, so there is none. */
  async #ask(name: string): Promise<number> {
    const call: Call = { operation: 'prepare' }
    return this.#database.transaction(call, async (line) => {
      const names = [bytes(this.#settings.prefix), bytes(name)] as const
      const [known] = await line.rows('find-space', ...names)
      if (known) return Number(known.id)
      if (!this.#settings.areAdded) throw this.#unknown(name)
      const [, added] = await Promise.all([line.change('add-space', ...names), line.rows('find-space', ...names)])
      return Number(added[0]?.id)
    })
  }
}
