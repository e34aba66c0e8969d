import type { Logger } from '../support/logger.js'
import type { Operator } from './access/access.js'

/** Logs each change that an operator makes, with who asked: one line, at level `info`. */
export class Audit {
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /** `action`: as in `end`. `subject`: what was changed, and with what result. */
  note(action: string, { by }: Operator, subject: object, message: string): void {
    this.#log.info({ audit: action, ...subject, by }, message)
  }
}
