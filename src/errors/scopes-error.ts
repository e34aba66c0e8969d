import { type Details, type ErrorCode, errorTable } from './error-table.js'

/** The class of all errors that this package throws on purpose: a stable `code`, a sentence with the offending value, and a remedy. */
export class ScopesError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = 'ScopesError'
  readonly code: C
  readonly details: Details<C>
  readonly remedy: string
  /** The HTTP status of Koa's answer if the error is not caught. */
  readonly status: number
  /** Visitors never see the message. */
  readonly expose: boolean = false
  /** Response headers that Koa sets with the status. */
  readonly headers?: Readonly<Record<string, string>>

  constructor(code: C, details: Details<C>, options?: { cause?: unknown }) {
    const entry = errorTable[code]
    const sentence = entry.sentence(details as never)
    const remedy = entry.remedy(details as never)
    super([sentence, remedy].join(sentence.includes('\n') ? '\n' : ' '), options)
    this.code = code
    this.details = details
    this.remedy = remedy
    this.status = entry.status
    if (entry.status === 503) this.headers = { 'Retry-After': '5' }
  }
}

/**
 * Whether a value is the error with this code; without a code, whether it is an error of this package. It compares codes, so
 * that errors of a second loaded copy of this package are recognized too.
 */
export function isScopesError<C extends ErrorCode>(error: unknown, code?: C): error is ScopesError<C> {
  if (!(error instanceof Error) || !('code' in error)) return false
  return code === undefined ? Object.hasOwn(errorTable, String(error.code)) : error.code === code
}

/** The message of a thrown value, which need not be an Error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
