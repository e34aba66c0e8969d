import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  /** The servers, for messages. */
  readonly where: string
  /** Why there is no connection, if there is none. */
  readonly lost: Error | undefined
  /** Whether the command may have left this process. */
  readonly hasLeft: boolean
}

/** Nothing was carried out; it may be in a moment. Scripts of Redis 6 have the word in the middle of their errors. */
const momentary = /\b(READONLY|LOADING|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|MOVED|ASK)\b/
/** Nothing was carried out, nor will be in a moment. */
const passing = /\b(MISCONF|NOREPLICAS|BUSY|LATE)\b/
const full = /\bOOM\b/
const foreignKey = /\bWRONGTYPE\b/
/** What ioredis says itself of a command that it has not sent, or that the servers passed on to each other. */
const unsent = /^(Stream isn't writeable|Cluster isn't ready|Cluster is ended|Too many Cluster redirections)/
/** What other options, or other settings of the server, can mend. */
const remedies = [
  [/\b(NOAUTH|WRONGPASS|NOPERM)\b|invalid password/, 'Correct the user, its password, or the rights it has in Redis.'],
  [/DB index is out of range/, 'Choose a database that the server has.'],
  [/cluster support disabled/, 'The server is not part of a cluster: name it by url: instead.'],
  [/certificate|SSL routines|altnames/i, 'Correct tls: of this cache, or the certificate of the server.'],
] as const

/** Says what an error of ioredis means for the caller. */
export function storageFailure(thrown: unknown, failed: Failed): StorageError {
  const { cache, operation, where, lost } = failed
  const cause = withoutCommand(realCause(thrown))
  const isAnswer = isReply(cause)
  const trouble = sentenceOf(isAnswer ? cause : (realCause(lost) ?? cause))
  const reason = isAnswer ? trouble : `${where}: ${trouble}${operation === 'open' ? hintFor(trouble) : ''}`
  const remedy = remedies.find(([pattern]) => pattern.test(reason))?.[1]
  if (remedy) return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy }, { cause })
  if (!isAnswer) {
    // What is done at open may be done again.
    const isCertain = operation === 'open' || isUnsent(thrown, failed)
    const code = isCertain ? 'STORAGE_UNAVAILABLE' : 'STORAGE_UNANSWERED'
    return new StorageError(code, { cache, operation, reason }, { cause })
  }
  if (momentary.test(reason) || passing.test(reason))
    return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason }, { cause })
  if (full.test(reason)) return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (foreignKey.test(reason)) {
    const because = `another program has written under the same prefix (${reason})`
    return new StorageError('STORAGE_CORRUPT', { cache, reason: because }, { cause })
  }
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

export const isNoScript = (error: unknown): boolean => saysReply(/\bNOSCRIPT\b/, error)

/** The caller had given up by the clock of Redis. */
export const isLate = (error: unknown): boolean => saysReply(/\bLATE\b/, error)

/** Nothing was carried out, and another attempt may fare better. */
export const isMomentary = (error: unknown): boolean =>
  saysReply(momentary, error) || /^Too many Cluster redirections/.test(reasonOf(error))

/** The command was certainly not carried out, because no server got it or each passed it on. */
export const isUnsent = (error: unknown, { hasLeft }: Pick<Failed, 'hasLeft'>): boolean =>
  !isReply(error) && (!hasLeft || unsent.test(reasonOf(error)))

const saysReply = (pattern: RegExp, error: unknown): boolean => isReply(error) && pattern.test(error.message)

/** The server has said so itself. */
const isReply = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError'

/** When no node of a cluster answers as it should, what the last one said. */
const realCause = (error: unknown): unknown =>
  error instanceof Error && 'lastNodeError' in error ? (error.lastNodeError ?? error) : error

const hintFor = (trouble: string): string =>
  /ECONNRESET|Connection is closed/.test(trouble) ? ' (a server that speaks only TLS hangs up like this)' : ''

const sentenceOf = (error: unknown): string => reasonOf(error).replace(/\.$/, '')

/** ioredis hangs the command on the error, with passwords and what visitors have stored: not for the log. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'command')
  return error
}
