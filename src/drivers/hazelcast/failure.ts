import { isScopesError, reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import type { HazelcastLibrary } from './client.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  /** The reason why there is no connection, for messages. */
  readonly lost?: string | undefined
}

/** What is known of a request that failed. */
export type Fate =
  /** No member has carried it out, and one may in a moment. */
  | 'refused'
  /** No member has carried it out. There is no connection to the cluster. */
  | 'offline'
  /** It may have been carried out. */
  | 'lost'
  | 'full'
  | 'corrupt'
  | 'failed'

/** The errors of hazelcast-client for a request that it did not send, because it knows no member to send it to. */
const unsent = /^No connection found to invoke/
/** The refusals of members that do not have our jar, or have another version of it. */
const unknownOperation = /DataSerializerFactory|DataSerializableFactory|create an instance for/i
const noMemory = /OutOfMemory|HeapSpace/i

export function fateOf(thrown: unknown, library: HazelcastLibrary): Fate {
  const error = realCause(thrown, library)
  const is = (kind: keyof HazelcastLibrary) => error instanceof (library[kind] as new () => Error)
  if (is('ClientOfflineError') || is('ClientNotActiveError')) return 'offline'
  if (is('IOError')) return unsent.test(reasonOf(error)) ? 'refused' : 'lost'
  // Another member carried it out for the one that got it, and was lost before it answered.
  if (is('MemberLeftError')) return 'lost'
  if (is('RetryableHazelcastError') || is('HazelcastInstanceNotActiveError')) return 'refused'
  if (is('SplitBrainProtectionError')) return 'refused'
  if (is('ReachedMaxSizeError') || noMemory.test(reasonOf(error))) return 'full'
  // Members cannot index values that are not records.
  if (is('QueryError') || is('HazelcastSerializationError') || error instanceof TypeError) return 'corrupt'
  if (is('TargetDisconnectedError') || is('OperationTimeoutError') || is('IndeterminateOperationStateError'))
    return 'lost'
  return 'failed'
}

/** Turns an error of hazelcast-client into a StorageError. */
export function storageFailure(
  thrown: unknown,
  { cache, operation, lost }: Failed,
  library: HazelcastLibrary,
): StorageError {
  const cause = realCause(thrown, library)
  const reason = sentenceOf(cause)
  switch (fateOf(cause, library)) {
    case 'offline':
      return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason: lost ?? reason }, { cause })
    case 'refused':
      return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason }, { cause })
    case 'lost':
      return new StorageError('STORAGE_UNANSWERED', { cache, operation, reason }, { cause })
    case 'full':
      return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
    case 'corrupt': {
      const because = `another program, or a newer version of this package, has written under the same prefix (${reason})`
      return new StorageError('STORAGE_CORRUPT', { cache, reason: because }, { cause })
    }
    default:
      return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
  }
}

/** Whether a member does not know an operation of our jar. It has not carried it out. */
export const isUnknownOperation = (thrown: unknown): boolean =>
  isScopesError(thrown, 'STORAGE_CORRUPT') && unknownOperation.test(reasonOf(thrown.cause))

/** The client wraps an error that it would have tried again if there had been time. */
function realCause(error: unknown, { OperationTimeoutError }: HazelcastLibrary): unknown {
  const isWrapped = error instanceof OperationTimeoutError && error.cause instanceof Error
  return isWrapped ? error.cause : error
}

const sentenceOf = (error: unknown): string => reasonOf(error).replace(/\.$/, '')
