import { isOutage } from '../../storage/guard/availability.js'
import type { Logger } from '../../support/logger.js'

type Undo = () => Promise<unknown>

/**
 * Changes that failed while the store may have applied them, and that are undone when it answers again. Until then a
 * visitor's secret may be one that was never sent. They are forgotten if the process ends before.
 */
export class Undoings {
  readonly #log: Logger
  readonly #pending = new Set<Undo>()

  constructor(log: Logger) {
    this.#log = log
  }

  add(undo: Undo): void {
    this.#pending.add(undo)
  }

  /** Throws if the store is unavailable; the next call tries again. */
  async run(): Promise<void> {
    for (const undo of this.#pending) {
      try {
        await undo()
      } catch (error) {
        if (isOutage(error)) throw error
        this.#log.error({ err: error }, 'a change whose result is not known could not be undone')
      }
      this.#pending.delete(undo)
    }
  }
}
