import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { CommitAstray, FileGone } from '../embedded/file-errors.js'
import { isBusy } from './busy.js'
import { resultCodeOf } from './client.js'
import * as codes from './result-codes.js'
import { Refused } from './write-job.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  readonly path: string
}

const fullErrors: readonly unknown[] = ['ENOSPC', 'EDQUOT']
/** Errors of SQLite that may pass: the file or the disk fails now, and nothing was changed. */
const passing: readonly unknown[] = [codes.ioError, codes.cannotOpen, codes.readOnly]

/** Turns an error of SQLite or of the file system into a StorageError. */
export function storageFailure(cause: unknown, { cache, operation, path }: Failed): StorageError {
  if (cause instanceof StorageError) return cause
  if (cause instanceof FileGone)
    return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason: cause.message }, { cause })
  const reason = `${path}: ${reasonOf(cause)}`
  if (cause instanceof CommitAstray)
    return new StorageError('STORAGE_UNANSWERED', { cache, operation, reason }, { cause })

  const code = resultCodeOf(cause)
  const systemCode = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === codes.corrupt || code === codes.noDatabase)
    return new StorageError('STORAGE_CORRUPT', { cache, reason }, { cause })
  const isFull = cause instanceof Refused || code === codes.full || fullErrors.includes(systemCode)
  if (isFull || (code === codes.ioError && isDiskFull(path)))
    return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (isBusy(cause) || passing.includes(code) || (code === undefined && typeof systemCode === 'string'))
    return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason }, { cause })
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

/** Whether the disk is full. SQLite reports some failed writes, as of the memory that processes share, as I/O errors. */
function isDiskFull(path: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(path))
  return bavail * bsize < 2 ** 16
}
