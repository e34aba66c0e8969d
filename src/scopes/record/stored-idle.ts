import type { Prolong } from '../../storage/record.js'
import type { ScopeSettings } from '../settings.js'
import { withoutSlack, withSlack } from './idle-slack.js'

/** The idle times with which the records of one scope are stored. null: never. */
export class StoredIdle {
  /**
   * Of a scope with `firstTimeout`: the idle times before and after the visitor has come back. The first is a millisecond
   * longer than the one that a handler gets who sets the same timeout for a record, so that it tells which of them it is.
   */
  readonly prolong: Prolong | undefined
  readonly #timeoutMs: number | null
  readonly #hasSlack: boolean

  /** `hasSlack`: not every access is noted. */
  constructor({ firstTimeoutMs, timeoutMs }: Pick<ScopeSettings, 'firstTimeoutMs' | 'timeoutMs'>, hasSlack: boolean) {
    this.#timeoutMs = timeoutMs
    this.#hasSlack = hasSlack
    const firstMs = this.of(firstTimeoutMs ?? null)
    if (firstMs !== null) this.prolong = { fromMs: firstMs + 1, toMs: this.of(timeoutMs) }
  }

  of(timeoutMs: number | null): number | null {
    return this.#hasSlack ? withSlack(timeoutMs) : timeoutMs
  }

  /** Whether it is that of a record whose visitor has not come back. A touch on any node changes that, and keeps the version. */
  isFirst(storedMs: number | null): boolean {
    return storedMs === this.prolong?.fromMs
  }

  /** The timeout that is stored as this idle time. */
  timeoutOf(storedMs: number | null): number | null {
    if (this.isFirst(storedMs)) return this.#timeoutMs
    return this.#hasSlack ? withoutSlack(storedMs) : storedMs
  }
}
