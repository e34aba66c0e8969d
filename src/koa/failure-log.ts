import type { ErrorCode } from '../errors/error-table.js'
import type { ScopesError } from '../errors/scopes-error.js'
import { isOutage } from '../storage/guard/availability.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import { PacedWarnings } from '../support/paced-warnings.js'
import { isRefusal, Refusal } from './refusal.js'

/** Refusals beside those by this node or a full store that an operator should know of: a mistake of the program, or a cookie that is full. */
const telling: ReadonlySet<string> = new Set<ErrorCode>([
  'SCOPE_WITHHELD',
  'COOKIE_TOO_LARGE',
  'CONNECTION_WITHOUT_RECORD',
])

/** The handler, or the path of the web sockets, in which something failed. */
interface Where {
  readonly event?: string
  readonly webSockets?: string
}

/**
 * Logs the errors of requests of one application. An error of the program gets its line and its stack. A refusal gets
 * neither, since visitors could fill the log with it: it is logged at level debug, and as a warning once a minute for each
 * code and path of web sockets if this node or a full store refuses, or if something in the program or its configuration should change. An unavailable
 * store is reported by its cache.
 */
export class FailureLog {
  readonly #log: Logger
  readonly #warnings: PacedWarnings

  constructor(log: Logger, clock: Clock) {
    this.#log = log
    this.#warnings = new PacedWarnings(clock)
  }

  /** `what` says what failed, and `fields` where. */
  failed(error: unknown, what: string, fields: Where = {}): void {
    if (isRefusal(error)) this.#refused(error, fields)
    else this.#log.error({ ...fields, err: error }, what)
  }

  /** The form in which Koa gets the error of a request. A refusal is logged here, since Koa does not log that form. */
  formForKoa<E>(error: E): E | Refusal {
    if (!isRefusal(error)) return error
    this.#refused(error)
    return new Refusal(error)
  }

  #refused(error: ScopesError, where: Where = {}): void {
    const { code, message: reason, status } = error
    const fields = { ...where, code, status, reason }
    const isWarned = (status === 503 && !isOutage(error)) || telling.has(code)
    const before = isWarned ? this.#warnings.before(`${code} ${where.webSockets ?? ''}`) : undefined
    if (before === undefined) this.#log.debug(fields, 'a request was refused')
    else this.#log.warn({ ...fields, before }, 'a request was refused')
  }
}
