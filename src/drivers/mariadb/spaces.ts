import type { Call } from '../network/call.js'
import type { Database } from './database.js'
import { bytes } from './rows.js'

/** The numbers of the spaces, which are asked for once each. */
export class SpaceNumbers {
  readonly #database: Database
  readonly #prefix: Buffer
  readonly #numbers = new Map<string, Promise<number>>()

  constructor(database: Database, prefix: string) {
    this.#database = database
    this.#prefix = bytes(prefix)
  }

  of(name: string): Promise<number> {
    const known = this.#numbers.get(name)
    if (known) return known
    const number = this.#ask(name)
    this.#numbers.set(name, number)
    number.catch(() => this.#numbers.delete(name)) // the next call asks again
    return number
  }

  /** The deadline of one caller must not refuse others, so there is none. */
  async #ask(name: string): Promise<number> {
    const call: Call = { operation: 'prepare' }
    return this.#database.transaction(call, async (line) => {
      const key = bytes(name)
      const [known] = await line.rows('find-space', this.#prefix, key)
      if (known) return Number(known.id)
      const [, added] = await Promise.all([
        line.change('add-space', this.#prefix, key),
        line.rows('find-space', this.#prefix, key),
      ])
      return Number(added[0]?.id)
    })
  }
}
