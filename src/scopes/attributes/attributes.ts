import type { Delta } from './delta.js'
import type { Values } from './values.js'

/** One request's view of a record's values. It remembers which of them the request may have changed. */
export class Attributes {
  readonly #values: Values
  /** The names of attributes that were assigned, removed, or returned in a form that can be changed in place. */
  readonly #touched = new Set<string>()

  constructor(values: Values) {
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  get(name: string): unknown {
    const value = this.#values.read(name)
    if (typeof value === 'object' && value !== null) this.#touched.add(name)
    return value
  }

  set(name: string, value: unknown): void {
    this.#values.write(name, value)
    this.#touched.add(name)
  }

  delete(name: string): void {
    this.#values.remove(name)
    this.#touched.add(name)
  }

  names(): string[] {
    return this.#values.names()
  }

  /** The changes of this request. Throws VALUE_NOT_STORABLE, SCOPE_TOO_LARGE. */
  delta(): Delta {
    return this.#values.changes(this.#touched)
  }

  /** The names of attributes that this request has read and changed in place. Throws for some values that cannot be encoded. */
  changedInPlace(): string[] {
    return this.#values.changedInPlace(this.#touched)
  }
}
