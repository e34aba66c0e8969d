import type { ErrorCode } from '../errors/error-table.js'
import type { ScopesError } from '../errors/scopes-error.js'
import { isOutage } from '../storage/guard/availability.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import { isRefusal, Refusal } from './refusal.js'

/** The time between two warnings with the same code. */
const pauseMs = 60_000

interface Warned {
  readonly at: number
  /** How many requests were refused since, without a warning. */
  quiet: number
}

/**
 * Logs the errors of requests of one application. An error of the program gets its line and its stack. A refusal gets
 * neither, since visitors could fill the log with it: it is logged at level debug, and as a warning once a minute for each
 * code if this node or a full store refuses, or if a page cannot work for requests of another site. An unavailable store is reported by its cache.
 */
export class FailureLog {
  readonly #log: Logger
  readonly #clock: Clock
  /** One entry for each code of the error table at most. */
  readonly #warned = new Map<ErrorCode, Warned>()

  constructor(log: Logger, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** `what` says what failed, with fields that say where. */
  failed(error: unknown, what: string, fields: object = {}): void {
    if (isRefusal(error)) this.#refused(error)
    else this.#log.error({ ...fields, err: error }, what)
  }

  /** The form in which Koa gets the error of a request. A refusal is logged here, since Koa does not log that form. */
  formForKoa<E>(error: E): E | Refusal {
    if (!isRefusal(error)) return error
    this.#refused(error)
    return new Refusal(error)
  }

  #refused(error: ScopesError): void {
    const { code, message: reason, status } = error
    const fields = { code, status, reason }
    const isWarned = (status === 503 && !isOutage(error)) || code === 'SCOPE_WITHHELD'
    const before = isWarned ? this.#refusalsBefore(code) : undefined
    if (before === undefined) this.#log.debug(fields, 'a request was refused')
    else this.#log.warn({ ...fields, before }, 'a request was refused')
  }

  /** If a warning with this code is due: how many refusals since the last one had none. */
  #refusalsBefore(code: ErrorCode): number | undefined {
    const now = this.#clock.now()
    const warned = this.#warned.get(code)
    if (warned && now - warned.at < pauseMs) {
      warned.quiet += 1
      return undefined
    }
    this.#warned.set(code, { at: now, quiet: 0 })
    return warned?.quiet ?? 0
  }
}
