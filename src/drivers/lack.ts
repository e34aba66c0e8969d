import { isScopesError } from '../errors/scopes-error.js'
import type { StorageError } from '../storage/storage-error.js'

/** The STORAGE_UNPREPARED with which a check rejects; undefined if it resolves. Rejects with any other error. */
export async function lackOf(check: Promise<void>): Promise<StorageError | undefined> {
  try {
    await check
    return undefined
  } catch (error) {
    if (isScopesError(error, 'STORAGE_UNPREPARED')) return error as StorageError
    throw error
  }
}
