import type { Life } from '../../storage/contract.js'
import type { OpenRecord } from '../record/open-record.js'
import type { Scope } from '../scope.js'

/** The life of a request's record, with the changes that are not saved yet. */
export class RequestLife {
  readonly #scope: Scope
  #changes: Partial<Life> | undefined

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** undefined if there is nothing to save. */
  get changes(): Partial<Life> | undefined {
    return this.#changes
  }

  /** Returns a function that takes the change back. */
  change(life: Partial<Life>): () => void {
    const before = this.#changes
    this.#changes = { ...before, ...life }
    return () => {
      this.#changes = before
    }
  }

  /** The changes are saved, or discarded. */
  clear(): void {
    this.#changes = undefined
  }

  of({ life }: OpenRecord): Life {
    return { idleMs: life.idleMs, endsAt: life.endsAt, ...this.#changes }
  }

  /** The idle timeout of the record, or that of a new one; null: never. */
  timeoutOf(record: OpenRecord | undefined): number | null {
    const { environment, strategy } = this.#scope
    if (!record) return environment.settings.timeoutMs
    const { idleMs = record.life.idleMs } = this.#changes ?? {}
    return strategy.idle.timeoutOf(idleMs)
  }
}
