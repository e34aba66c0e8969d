import { STATUS_CODES } from 'node:http'
import { errorTable } from '../errors/error-table.js'
import { ScopesError } from '../errors/scopes-error.js'

/**
 * The form in which Koa gets an error that refuses a request: Koa prints no stack for it, since `expose` is true, and the
 * visitor reads no more than the words of the status. Code, details and remedy are those of the error, which is the `cause`.
 */
export class Refusal extends ScopesError {
  override readonly name = 'Refusal'
  override readonly message: string
  override readonly expose = true

  constructor(error: ScopesError) {
    super(error.code, error.details, { cause: error })
    this.message = STATUS_CODES[error.status] ?? ''
  }
}

/**
 * Whether an error of this package refuses a request for a reason outside of the program: what the visitor did (409, 413),
 * or what a store or this node cannot do at present (503). A program with an error of its own gets 500.
 */
export const isRefusal = (error: unknown): error is ScopesError =>
  error instanceof Error &&
  'code' in error &&
  Object.hasOwn(errorTable, String(error.code)) &&
  'status' in error &&
  (error.status === 503 || Number(error.status) < 500)
