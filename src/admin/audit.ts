import { reasonOf } from '../errors/scopes-error.js'
import type { Logger } from '../support/logger.js'
import type { Operator } from './access/access.js'

/** A change that an operator asks for. */
export interface Change {
  /** As in `end`. */
  readonly action: string
  readonly operator: Operator
  /** What is changed. */
  readonly subject: object
  /** The line of the log, if the change is made. */
  readonly message: string
}

/** Logs each change that an operator makes, with who asked: one line, at level `info`. */
export class Audit {
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /**
   * Makes a change and logs it with its result, or with the reason why it failed, because a part of it may have been made: `make` can
   * say how much it knows of that.
   */
  async change<Result extends object>(
    { action, message, operator: { by }, subject }: Change,
    make: (known: (fields: object) => void) => Promise<Result>,
  ): Promise<Result> {
    let known = {}
    const note = (result: object, words: string) => this.#log.info({ audit: action, ...subject, ...result, by }, words)
    try {
      const result = await make((fields) => {
        known = fields
      })
      note(result, message)
      return result
    } catch (error) {
      note({ ...known, reason: reasonOf(error) }, 'a change by an operator failed, wholly or in part')
      throw error
    }
  }
}
