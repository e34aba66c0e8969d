import type { RecordChange, Touch } from '../../storage/contract.js'
import { attributePath } from './attributes.js'
import type { Fields } from './client.js'

/** A change of one document, as the operators of an update. Each applied change makes the stamp one higher. */
export class DocumentUpdate {
  readonly #set: Record<string, unknown> = {}
  readonly #unset: Record<string, ''> = {}
  #touch: Touch | undefined

  /** null removes the member. */
  put(name: string, value: unknown): this {
    if (value === null) this.#unset[name] = ''
    else this.#set[name] = value
    return this
  }

  touch(touch: Touch | undefined): this {
    this.#touch = touch
    return this
  }

  /** Removes attributes, then sets others. The server refuses an update that names one of them twice. */
  attributes(unset: Iterable<string>, set: RecordChange['set'] = new Map()): this {
    for (const name of unset) if (!set.has(name)) this.put(attributePath(name), null)
    for (const [name, value] of set) this.put(attributePath(name), value)
    return this
  }

  get fields(): Fields {
    return {
      ...(hasMembers(this.#set) && { $set: this.#set }),
      ...(hasMembers(this.#unset) && { $unset: this.#unset }),
      ...(this.#touch && { $max: { touchedAt: this.#touch.touchedAt } }),
      $inc: { stamp: 1, ...(this.#touch && { hits: this.#touch.hits ?? 0 }) },
    }
  }
}

function hasMembers(object: object): boolean {
  for (const _ in object) return true
  return false
}
