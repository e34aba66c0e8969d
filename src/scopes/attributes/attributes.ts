import type { Delta } from './delta.js'
import type { Values } from './values.js'

/** One request's use of a record's values: remembers which of them it may have changed. */
export class Attributes {
  readonly #values: Values
  /** Assigned, removed, or handed out in a form that can be changed in place. */
  readonly #touched = new Set<string>()

  constructor(values: Values) {
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  lists(name: string): boolean {
    return this.#values.lists(name)
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

  /** What this request changed. Throws VALUE_NOT_STORABLE. */
  delta(): Delta {
    return this.#values.changes(this.#touched)
  }

  /** The attributes that this request was handed and that have been changed in place since. Throws for some that cannot be encoded. */
  changedInPlace(): string[] {
    return this.#values.changedInPlace(this.#touched)
  }
}
