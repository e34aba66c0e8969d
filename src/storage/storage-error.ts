import type { Details, ErrorCode } from '../errors/error-table.js'
import { ScopesError } from '../errors/scopes-error.js'

export type StorageErrorCode = Extract<ErrorCode, `STORAGE_${string}` | 'SAVE_UNCERTAIN'>

/** The store is broken or out of reach: the only thing a driver throws. */
export class StorageError<C extends StorageErrorCode = StorageErrorCode> extends ScopesError<C> {
  override readonly name = 'StorageError'

  constructor(code: C, details: Details<C>, options?: { cause?: unknown }) {
    super(code, details, options)
  }
}
