import type { EpochMs, Version } from '../../storage/contract.js'
import { callListener } from '../../support/call-listener.js'
import type { ScopeEnvironment } from '../environment.js'

type Listener = () => unknown

interface Watched {
  readonly listeners: Set<Listener>
  /** Of the last look, so that the store sends no attributes of a record that has not changed. */
  version?: Version
}

/** How many records are loaded at a time. */
const width = 200

/** After a look at all records, this many times as long passes until the next one, so that the store has other things to do. */
const restAfterLook = 3

/** Notifies the holders of a record, such as live connections, that it has ended, on any node. */
export class EndWatch {
  readonly #environment: ScopeEnvironment
  readonly #isOwed: (id: string) => boolean
  readonly #watched = new Map<string, Watched>()
  /** The ids that were added since the last look: such a record may have ended a moment before. */
  #added = new Set<string>()
  #restsUntil: EpochMs = 0

  /** `isOwed`: whether the store may not have this record yet. */
  constructor(environment: ScopeEnvironment, isOwed: (id: string) => boolean = () => false) {
    this.#environment = environment
    this.#isOwed = isOwed
  }

  /** Adds a listener. Returns a function that removes it. */
  add(id: string, listener: Listener): () => void {
    const present = this.#watched.get(id) ?? { listeners: new Set() }
    present.listeners.add(listener)
    this.#watched.set(id, present)
    this.#added.add(id)
    return () => {
      present.listeners.delete(listener)
      if (present.listeners.size === 0 && this.#watched.get(id) === present) this.#forget(id)
    }
  }

  ended(id: string): void {
    const watched = this.#watched.get(id)
    if (!watched) return
    this.#forget(id)
    const { kind: scope, log } = this.#environment
    const report = (error: unknown) => log.error({ scope, id, err: error }, 'a listener of the end of a record failed')
    for (const listener of watched.listeners) callListener(listener, report)
  }

  /**
   * Asks the store for every record that has a listener: for drivers without notices, and after notices may have been
   * missed. If there are so many that the store takes long to answer, it is asked less often: false if it was not asked.
   */
  async look(): Promise<boolean> {
    const { clock } = this.#environment
    const start = clock.now()
    if (start < this.#restsUntil) {
      await this.lookForAdded()
      return false
    }
    this.#added = new Set()
    await this.#lookFor([...this.#watched.keys()])
    this.#restsUntil = clock.now() + restAfterLook * (clock.now() - start)
    return true
  }

  /** Asks the store once for the records whose first listener has just been added. Where there are notices, no more is needed. */
  async lookForAdded(): Promise<void> {
    const added = [...this.#added]
    this.#added = new Set()
    await this.#lookFor(added)
  }

  async #lookFor(ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += width)
      await Promise.all(ids.slice(start, start + width).map((id) => this.#lookForOne(id)))
  }

  async #lookForOne(id: string): Promise<void> {
    const watched = this.#watched.get(id)
    if (!watched || this.#isOwed(id)) return
    const { clock, space } = this.#environment
    const known = watched.version === undefined ? {} : { ifChangedSince: watched.version }
    const result = await space.load(id, { now: clock.now(), ...known })
    if (result.status === 'missing' && !this.#isOwed(id)) this.ended(id)
    if (result.status === 'loaded') watched.version = result.record.version
  }

  #forget(id: string): void {
    this.#watched.delete(id)
    this.#added.delete(id)
  }
}
