import type { CallOptions, EpochMs, ObjectSpace } from '../../storage/contract.js'
import type { Resident, Residents } from './residents.js'

interface StoredObject extends Resident {
  readonly value: Uint8Array
  readonly uselessFrom: EpochMs | null
}

const objectOverhead = 200

export class MemoryObjects implements ObjectSpace {
  readonly name: string
  readonly #residents: Residents
  readonly #objects = new Map<string, StoredObject>()

  constructor(name: string, residents: Residents) {
    this.name = name
    this.#residents = residents
  }

  async get(key: string, { now }: CallOptions): Promise<Uint8Array | undefined> {
    const object = this.#live(key, now)
    if (object) this.#residents.use(object)
    return object?.value
  }

  async set(key: string, value: Uint8Array, { now, ttlMs }: CallOptions & { ttlMs: number | null }): Promise<void> {
    const uselessFrom = ttlMs === null ? null : now + ttlMs
    const object = { id: key, owner: this, value, uselessFrom, worth: 'fleeting' as const, isWaiting: () => false }
    this.#residents.hold(object, objectOverhead + key.length + value.byteLength, now, this.#objects.get(key))
    this.#objects.set(key, object)
  }

  async delete(key: string, { now }: CallOptions): Promise<boolean> {
    const wasLive = this.#live(key, now) !== undefined
    this.forget(key)
    return wasLive
  }

  async clear(): Promise<void> {
    for (const key of [...this.#objects.keys()]) this.forget(key)
  }

  forget(key: string): void {
    const object = this.#objects.get(key)
    if (!object) return
    this.#objects.delete(key)
    this.#residents.release(object)
  }

  #live(key: string, now: EpochMs): StoredObject | undefined {
    const object = this.#objects.get(key)
    return object && (object.uselessFrom === null || object.uselessFrom > now) ? object : undefined
  }
}
