import type { ScopeEnvironment } from '../environment.js'

type Listener = () => void

/** How many records are loaded at a time. */
const width = 200

/** Notifies the holders of a record, such as live connections, that it has ended, on any node. */
export class EndWatch {
  readonly #environment: ScopeEnvironment
  readonly #listeners = new Map<string, Set<Listener>>()

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
  }

  /** Adds a listener. Returns a function that removes it. */
  add(id: string, listener: Listener): () => void {
    const present = this.#listeners.get(id) ?? new Set()
    this.#listeners.set(id, present.add(listener))
    return () => {
      present.delete(listener)
      if (present.size === 0 && this.#listeners.get(id) === present) this.#listeners.delete(id)
    }
  }

  ended(id: string): void {
    const listeners = this.#listeners.get(id)
    this.#listeners.delete(id)
    for (const listener of listeners ?? []) this.#notify(id, listener)
  }

  /** Asks the store for every record that has a listener: for drivers without notices, and after notices may have been missed. */
  async look(): Promise<void> {
    const ids = [...this.#listeners.keys()]
    for (let start = 0; start < ids.length; start += width)
      await Promise.all(ids.slice(start, start + width).map((id) => this.#lookFor(id)))
  }

  async #lookFor(id: string): Promise<void> {
    const { clock, space } = this.#environment
    const { status } = await space.load(id, { now: clock.now() })
    if (status === 'missing') this.ended(id)
  }

  /** Calls a listener. One that throws must not stop the others. */
  #notify(id: string, listener: Listener): void {
    try {
      listener()
    } catch (error) {
      const { kind: scope, log } = this.#environment
      log.error({ scope, id, err: error }, 'a listener of the end of a record failed')
    }
  }
}
