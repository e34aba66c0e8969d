import { type Delta, nothing } from './delta.js'
import type { Values } from './values.js'

/** One request's view of a record's values. It remembers which of them the request may have changed. */
export class Attributes {
  readonly #values: Values
  /** The names of attributes that were assigned, removed, or returned in a form that can be changed in place. */
  #touched: Set<string> | undefined

  constructor(values: Values) {
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  get(name: string): unknown {
    const value = this.#values.read(name)
    if (typeof value === 'object' && value !== null) this.#touch(name)
    return value
  }

  set(name: string, value: unknown): void {
    this.#values.write(name, value)
    this.#touch(name)
  }

  delete(name: string): void {
    this.#values.remove(name)
    this.#touch(name)
  }

  names(): string[] {
    return this.#values.names()
  }

  /** The changes of this request. Throws VALUE_NOT_STORABLE, SCOPE_TOO_LARGE. */
  delta(): Delta {
    return this.#touched ? this.#values.changes(this.#touched) : nothing
  }

  /** The names of attributes that this request has read and changed in place. Throws for some values that cannot be encoded. */
  changedInPlace(): string[] {
    return this.#touched ? this.#values.changedInPlace(this.#touched) : []
  }

  #touch(name: string): void {
    this.#touched ??= new Set()
    this.#touched.add(name)
  }
}
