import { type Details, type ErrorCode, errorTable } from './error-table.js'

/** Every error this package throws on purpose: a stable `code`, a sentence with the offending value, and the remedy. */
export class ScopesError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = 'ScopesError'
  readonly code: C
  readonly details: Details<C>
  readonly remedy: string
  /** The HTTP status Koa answers with when nobody catches it. The message itself is never shown to visitors. */
  readonly status: number
  readonly expose = false
  /** Response headers Koa sets with the status. */
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

/** By its code, so that an error of a second copy of this package, as a CommonJS module may load one, is known too. */
export function isScopesError<C extends ErrorCode>(error: unknown, code: C): error is ScopesError<C> {
  return error instanceof Error && 'code' in error && error.code === code
}

/** The sentence of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
