import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  /** The servers, for messages. */
  readonly where: string
  /** The reason why there is no connection; undefined if there is one. */
  readonly lost: Error | undefined
  /** Whether the command may have left this process. */
  readonly hasLeft: boolean
}

/** The command was not carried out, but may succeed in a moment. Scripts of Redis 6 have the word in the middle of their errors. */
const momentary = /\b(READONLY|LOADING|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|MOVED|ASK)\b/
/** The command was not carried out, and will not succeed in a moment. */
const passing = /\b(MISCONF|NOREPLICAS|BUSY|LATE)\b|max number of clients/
const full = /\bOOM\b/
const foreignKey = /\bWRONGTYPE\b/
/** The errors of ioredis for a command that it has not sent, or that the servers redirected without end. */
const unsent = /^(Stream isn't writeable|Cluster isn't ready|Cluster is ended|Too many Cluster redirections)/
/** The errors of ioredis that speak of itself, and what they mean for an operator. */
const inOurWords = [
  [/^(Stream isn't writeable|Connection is closed)/, 'the connection was closed'],
  [/^Cluster (isn't ready|is ended)/, 'there is no connection to the cluster'],
] as const
/** Inside of a script, Redis 7.0 says the same as NOPERM without the word. */
const rightsMissing =
  /\b(NOAUTH|WRONGPASS|NOPERM)\b|invalid password|user executing the script can't|can't access at least one of the keys/
/** The errors that other options, or other settings of the server, can correct. */
const remedies = [
  [rightsMissing, 'Correct the user, its password, or the rights it has in Redis.'],
  [/DB index is out of range/, 'Choose a database that the server has.'],
  [/cluster support disabled/, 'The server is not part of a cluster: use url: instead.'],
  [/certificate|SSL routines|altnames/i, 'Correct tls: of this cache, or the certificate of the server.'],
] as const

/** Turns an error of ioredis into a StorageError. */
export function storageFailure(thrown: unknown, failed: Failed): StorageError {
  const { cache, operation, where, lost } = failed
  const cause = withoutCommand(realCause(thrown))
  const isAnswer = isReply(cause)
  const trouble = sentenceOf(isAnswer ? cause : (realCause(lost) ?? cause))
  const reason = isAnswer ? trouble : `${where}: ${trouble}${operation === 'open' ? hintFor(trouble) : ''}`
  const remedy = remedies.find(([pattern]) => pattern.test(reason))?.[1]
  // At open this is a mistake in the options. Later the options did fit, so the server has changed and may change back.
  if (remedy && operation === 'open') return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy }, { cause })
  const details = { cache, operation, reason, ...(remedy && { remedy }) }
  if (!isAnswer) {
    // The commands of open may be repeated, so it does not matter whether they were carried out.
    const isCertain = operation === 'open' || isUnsent(thrown, failed)
    return new StorageError(isCertain ? 'STORAGE_UNAVAILABLE' : 'STORAGE_UNANSWERED', details, { cause })
  }
  if (remedy || momentary.test(reason) || passing.test(reason))
    return new StorageError('STORAGE_UNAVAILABLE', details, { cause })
  if (full.test(reason)) return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (foreignKey.test(reason)) {
    const because = `another program has written under the same prefix (${reason})`
    return new StorageError('STORAGE_CORRUPT', { cache, reason: because }, { cause })
  }
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

export const isNoScript = (error: unknown): boolean => saysReply(/\bNOSCRIPT\b/, error)

/** Whether a script was refused because, by the clock of Redis, the caller had given up. */
export const isLate = (error: unknown): boolean => saysReply(/\bLATE\b/, error)

/** Whether the command was not carried out and may succeed in a moment. */
export const isMomentary = (error: unknown): boolean =>
  saysReply(momentary, error) || /^Too many Cluster redirections/.test(reasonOf(error))

/** Whether the command was certainly not carried out, because no server got it, or each redirected it. */
export const isUnsent = (error: unknown, { hasLeft }: Pick<Failed, 'hasLeft'>): boolean =>
  !isReply(error) && (!hasLeft || unsent.test(reasonOf(error)))

const saysReply = (pattern: RegExp, error: unknown): boolean => isReply(error) && pattern.test(error.message)

/** Whether the error is a reply of the server. */
const isReply = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError'

/** The cause of an error. If no node of a cluster can be used, that is the error of the last node. */
const realCause = (error: unknown): unknown =>
  error instanceof Error && 'lastNodeError' in error ? (error.lastNodeError ?? error) : error

const hintFor = (trouble: string): string =>
  /ECONNRESET|connection was closed/.test(trouble) ? ' (a server that speaks only TLS hangs up like this)' : ''

function sentenceOf(error: unknown): string {
  const reason = reasonOf(error)
  return inOurWords.find(([pattern]) => pattern.test(reason))?.[1] ?? reason.replace(/\.$/, '')
}

/** Removes the command that ioredis adds to the error, because it contains passwords and visitors' data. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'command')
  return error
}
