import type { EpochMs, StoredRecord, Touch } from '../../storage/contract.js'
import { sizeOf } from '../../storage/record-size.js'
import { Entry } from './entry.js'
import { PrincipalIndex } from './principal-index.js'
import type { Residents } from './residents.js'

/** The records of one space, and the only place where one comes in, changes or goes. */
export class Entries {
  readonly name: string
  readonly #residents: Residents
  readonly #byId = new Map<string, Entry>()
  readonly #byPrincipal = new PrincipalIndex()
  #lastSerial = 0

  constructor(name: string, residents: Residents) {
    this.name = name
    this.#residents = residents
  }

  /** Also one that waits for its end. */
  get(id: string): Entry | undefined {
    return this.#byId.get(id)
  }

  live(id: string, now: EpochMs): Entry | undefined {
    const entry = this.#byId.get(id)
    return entry?.isLive(now) ? entry : undefined
  }

  /** What updates apply to: a live record, or a vacant one. */
  open(id: string, now: EpochMs): Entry | undefined {
    const entry = this.#byId.get(id)
    return entry?.isOpen(now) ? entry : undefined
  }

  /** In the order of creation. */
  all(): Iterable<Entry> {
    return this.#byId.values()
  }

  /** In the order of creation too. */
  of(principal: string): Iterable<Entry> {
    return this.#byPrincipal.of(principal)
  }

  add(record: StoredRecord, now: EpochMs): void {
    this.#lastSerial += 1
    const entry = new Entry(this, this.#lastSerial, record)
    this.#residents.hold(entry, sizeOf(record.attributes), now)
    this.#byId.set(record.id, entry)
    this.#byPrincipal.move(entry, null, record.principal)
  }

  replace(entry: Entry, record: StoredRecord, now: EpochMs): void {
    this.#residents.hold(entry, sizeOf(record.attributes), now)
    this.#byPrincipal.move(entry, entry.record.principal, record.principal)
    entry.replace(record, now)
  }

  touch(entry: Entry, touch: Touch | undefined): void {
    entry.touch(touch)
    this.#residents.use(entry)
  }

  forget(id: string): void {
    const entry = this.#byId.get(id)
    if (!entry) return
    this.#byId.delete(id)
    this.#byPrincipal.move(entry, entry.record.principal, null)
    this.#residents.release(entry)
  }
}
