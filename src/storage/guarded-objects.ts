import type { CallOptions, ObjectSpace } from './contract.js'
import type { Guard } from './guard.js'

export class GuardedObjects implements ObjectSpace {
  readonly #objects: ObjectSpace
  readonly #guard: Guard

  constructor(objects: ObjectSpace, guard: Guard) {
    this.#objects = objects
    this.#guard = guard
  }

  get(key: string, options: CallOptions): Promise<Uint8Array | undefined> {
    return this.#guard.run('get', options, (bounded) => this.#objects.get(key, bounded))
  }

  set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void> {
    return this.#guard.run('set', options, (bounded) => this.#objects.set(key, value, bounded))
  }

  delete(key: string, options: CallOptions): Promise<boolean> {
    return this.#guard.run('delete', options, (bounded) => this.#objects.delete(key, bounded))
  }

  clear(options: CallOptions): Promise<void> {
    return this.#guard.run('clear', options, (bounded) => this.#objects.clear(bounded))
  }
}
