import { StorageError } from '../../storage/errors.js'
import { reasonOf } from '../../support/errors.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  /** Why the connection was lost last, if it is not back. */
  readonly lost: Error | undefined
}

const readOnlyRemedy = 'Correct the user, the password or the rights it has in Redis: docs/drivers/redis.md lists them.'
const foreignKey = 'another program has written under the same prefix'

/** Nothing was carried out; it may be in a moment. Scripts of Redis 6 have the word in the middle of their errors. */
const passing = /\b(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|MISCONF|NOREPLICAS|BUSY|UNBLOCKED)\b/
const denied = /\b(NOAUTH|WRONGPASS|NOPERM)\b|invalid password/

/** Says what an error of ioredis means for the caller. */
export function storageFailure(thrown: unknown, { cache, operation, lost }: Failed): StorageError {
  const cause = withoutCommand(thrown)
  const reason = reasonOf(cause).replace(/\.$/, '')
  if (!isReply(cause)) {
    const why = lost ? reasonOf(lost).replace(/\.$/, '') : 'the connection was lost'
    return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason: why }, { cause })
  }
  if (/\bOOM\b/.test(reason)) return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (passing.test(reason)) return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason }, { cause })
  if (denied.test(reason))
    return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy: readOnlyRemedy }, { cause })
  if (reason.includes('WRONGTYPE'))
    return new StorageError('STORAGE_CORRUPT', { cache, reason: `${foreignKey} (${reason})` }, { cause })
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

export const isNoScript = (error: unknown): boolean => isReply(error) && /\bNOSCRIPT\b/.test(error.message)

/** The server has said so itself. */
const isReply = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError'

/** ioredis hangs the command on the error, with passwords and what visitors have stored: not for the log. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'command')
  return error
}
