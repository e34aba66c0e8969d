import { StorageError } from '../../storage/errors.js'
import { reasonOf } from '../../support/errors.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  /** The servers, for messages. */
  readonly where: string
  /** Why there is no connection, if there is none. */
  readonly lost: Error | undefined
}

/** Nothing was carried out; it may be in a moment. Scripts of Redis 6 have the word in the middle of their errors. */
const passing = /\b(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|MISCONF|NOREPLICAS|BUSY)\b/
const full = /\bOOM\b/
const foreignKey = /\bWRONGTYPE\b/
/** What other options, or other settings of the server, can mend. */
const remedies = [
  [/\b(NOAUTH|WRONGPASS|NOPERM)\b|invalid password/, 'Correct the user, its password, or the rights it has in Redis.'],
  [/DB index is out of range/, 'Choose a database that the server has.'],
  [/cluster support disabled/, 'The server is not part of a cluster: name it by url: instead.'],
  [/certificate|SSL routines/, 'Correct tls: of this cache, or the certificate of the server.'],
] as const

/** Says what an error of ioredis means for the caller. */
export function storageFailure(thrown: unknown, { cache, operation, where, lost }: Failed): StorageError {
  const cause = withoutCommand(realCause(thrown))
  const isAnswer = isReply(cause)
  const reason = isAnswer ? sentenceOf(cause) : `${where}: ${sentenceOf(realCause(lost) ?? cause)}`
  const remedy = remedies.find(([pattern]) => pattern.test(reason))?.[1]
  if (remedy) return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy }, { cause })
  if (!isAnswer || passing.test(reason))
    return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason }, { cause })
  if (full.test(reason)) return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (foreignKey.test(reason)) {
    const because = `another program has written under the same prefix (${reason})`
    return new StorageError('STORAGE_CORRUPT', { cache, reason: because }, { cause })
  }
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

export const isNoScript = (error: unknown): boolean => isReply(error) && /\bNOSCRIPT\b/.test(error.message)

/** The server has said so itself. */
const isReply = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError'

/** When no node of a cluster answers as it should, what the last one said. */
const realCause = (error: unknown): unknown =>
  error instanceof Error && 'lastNodeError' in error ? (error.lastNodeError ?? error) : error

const sentenceOf = (error: unknown): string => reasonOf(error).replace(/\.$/, '')

/** ioredis hangs the command on the error, with passwords and what visitors have stored: not for the log. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'command')
  return error
}
