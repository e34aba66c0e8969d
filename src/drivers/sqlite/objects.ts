import type { CallOptions, ObjectSpace } from '../../storage/contract.js'
import type { SqliteStore } from './store.js'

/** The most expired objects that each `set` removes: more than it adds, so that they cannot accumulate. */
const removedPerSet = 4

/** The objects of one space in SQLite. */
export class SqliteObjects implements ObjectSpace {
  readonly #store: SqliteStore
  readonly #space: string

  constructor(space: string, store: SqliteStore) {
    this.#store = store
    this.#space = space
  }

  get(key: string, options: CallOptions): Promise<Uint8Array | undefined> {
    return this.#store.read({ operation: 'get', options }, this.#space, (statements, space) => {
      const [value] = statements['get-object'].get([space, key, options.now]) ?? []
      return value as Uint8Array | undefined
    })
  }

  set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void> {
    const { now, ttlMs } = options
    const expiresAt = ttlMs === null ? null : now + ttlMs
    return this.#store.write({ operation: 'set', options, grows: true }, this.#space, (statements, space) => {
      statements['delete-expired-objects'].run([space, now, removedPerSet])
      statements['set-object'].run([space, key, value, expiresAt])
    })
  }

  delete(key: string, options: CallOptions): Promise<boolean> {
    return this.#store.write({ operation: 'delete', options }, this.#space, (statements, space) => {
      const [wasLive] = statements['delete-object'].get([space, key, options.now]) ?? []
      return wasLive === 1
    })
  }

  clear(options: CallOptions): Promise<void> {
    return this.#store.write({ operation: 'clear', options }, this.#space, (statements, space) => {
      statements['clear-objects'].run([space])
    })
  }
}
