import { statfsSync } from 'node:fs'
import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { CommitAstray, FileGone } from '../embedded/file-errors.js'
import { missingClient } from '../missing-client.js'
import { Damage, FileInUse, NoLibrary, NoStore, OtherPidNamespace } from './file-errors.js'

/** MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_VERSION_MISMATCH, MDB_INVALID. */
const corruptCodes: readonly unknown[] = [-30797, -30796, -30794, -30793]
/** The codes of LMDB (ENOSPC, EDQUOT, MDB_MAP_FULL) and of Node. */
const fullCodes: readonly unknown[] = [28, 122, -30792, 'ENOSPC', 'EDQUOT']
const ioError = 5
/** MDB_READERS_FULL: more processes than LMDB supports. */
const readersFull = -30790

const unshare =
  'LMDB tells processes apart by their ids, which repeat in another namespace. Use one container per folder, let the containers share a pid namespace (Docker: --pid; Kubernetes: shareProcessNamespace), or use Redis.'

const foreign = (path: string, { message }: Error) =>
  `a process of another pid namespace, such as another container, uses ${path} (${message})`

export interface Failed {
  readonly cache: string
  readonly operation: string
  readonly path: string
}

/** Turns an error of LMDB or of the file system into a StorageError. */
export async function storageFailure(thrown: unknown, { cache, operation, path }: Failed): Promise<StorageError> {
  if (thrown instanceof StorageError) return thrown
  const cause = await realCause(thrown)
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (cause instanceof OtherPidNamespace)
    return new StorageError('STORAGE_UNUSABLE', { cache, reason: foreign(path, cause), remedy: unshare }, { cause })
  if (cause instanceof NoLibrary) return missingClient({ cache, name: 'lmdb', store: 'LMDB' }, cause.cause)
  if (cause instanceof NoStore) return new StorageError('STORAGE_UNPREPARED', { cache, reason: cause.message })
  if (cause instanceof FileGone)
    return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason: cause.message }, { cause })
  const reason = `${path}: ${reasonOf(cause)}`
  if (cause instanceof CommitAstray)
    return new StorageError('STORAGE_UNANSWERED', { cache, operation, reason }, { cause })
  if (cause instanceof Damage || cause instanceof SyntaxError || corruptCodes.includes(code))
    return new StorageError('STORAGE_CORRUPT', { cache, reason }, { cause })
  if (fullCodes.includes(code) || (code === ioError && isDiskFull(path)))
    return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (cause instanceof FileInUse || typeof code === 'string' || Number(code) > 0 || code === readersFull)
    return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason }, { cause })
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

/** The reason of an error. lmdb-js rejects with "Commit failed", and the reason is in a promise that rejects with it. */
async function realCause(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error
  try {
    return (await error.commitError) ?? error
  } catch (cause) {
    return cause
  }
}

/** Whether the disk is full. LMDB reports every incomplete write as an I/O error, whatever the cause. */
function isDiskFull(path: string): boolean {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize < 2 ** 20
}
