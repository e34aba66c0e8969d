import type { Details, ErrorCode } from '../errors/error-table.js'
import { ScopesError } from '../errors/scopes-error.js'

export type StorageErrorCode = Extract<ErrorCode, `STORAGE_${string}` | 'SAVE_UNCERTAIN'>

/** The error of a broken or unreachable store; the only error that a driver throws. */
export class StorageError<C extends StorageErrorCode = StorageErrorCode> extends ScopesError<C> {
  override readonly name = 'StorageError'

  constructor(code: C, details: Details<C>, options?: { cause?: unknown }) {
    super(code, details, options)
  }
}
