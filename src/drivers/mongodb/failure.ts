import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  /** The servers, for messages. */
  readonly where: string
  /** The last reason why a server could not be used. */
  readonly lost: Error | undefined
}

/** The numbers of errors of a server. */
const unauthorized = 13
const authenticationFailed = 18
const writeConflict = 112
/** No primary, or one that has not begun or no longer accepts writes: the command was not carried out. */
const notPrimary = [10_107, 13_435, 13_436, 10_058]
/** Not carried out for other reasons that pass. */
const passing = [24, 46, 133, 134, 202, 246, 462, writeConflict, ...notPrimary]
/** The command ended in the middle, or was carried out without the majority: it may have been applied, or be rolled back. */
const unknown = [6, 7, 50, 64, 89, 91, 100, 189, 262, 9_001, 11_600, 11_601, 11_602]
const tooLarge = [10_334, 17_419, 17_420]
const noRoom = [12_501, 14_031]
const damagedIndex = [85, 86]
const wrongPlace = [73, 166, 263]

/** The errors of the client that come before anything of the command has left. It repeats nothing by itself. */
const unsent = /^Mongo(ServerSelection|PoolCleared|PoolClosed|WaitQueueTimeout|TopologyClosed|NotConnected)Error$/
/** The errors of a connection that broke while the command was under way. */
const lostAnswer =
  /^(Mongo(Network|NetworkTimeout|UnexpectedServerResponse|ClientClosed|ServerClosed)Error|PoolClearedOnNetworkError)$/
const refusedByClient = /^Mongo(Parse|InvalidArgument|Compatibility|MissingCredentials|MissingDependency)Error$/
/** No connection was made, so nothing was sent. */
const unconnected = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|querySrv)\b/

const rightsRemedy =
  'Correct the user, its password, its authSource, or the roles it has: it needs readWrite on the database.'
/** The errors that other options, or other settings of the server, can correct. */
const remedies = [
  [/auth(entication|orization)? failed|not authorized|requires authentication|bad auth/i, rightsRemedy],
  [/certificate|SSL routines|altnames/i, 'Correct tls: of this cache, or the certificate of the server.'],
  [/maximum wire version|minimum wire version/i, 'Use a server of version 4.4 or later.'],
  [/setName|replica set name/i, 'Correct replicaSet: of this cache.'],
] as const

/** Turns an error of the client into a StorageError. */
export function storageFailure(thrown: unknown, failed: Failed): StorageError {
  const { cache, operation, where, lost } = failed
  const numbers = numbersOf(thrown)
  const saysOne = (list: readonly number[]) => numbers.some((number) => list.includes(number))
  const isAnswer = numbers.length > 0
  const trouble = sentenceOf(isAnswer ? thrown : ((isUnsent(thrown) ? causeOf(lost) : undefined) ?? causeOf(thrown)))
  const reason = isAnswer ? trouble : `${where}: ${trouble}`
  const cause = withoutCommand(thrown)

  const remedy = saysOne([unauthorized, authenticationFailed])
    ? rightsRemedy
    : remedies.find(([pattern]) => pattern.test(reason))?.[1]
  // At open this is a mistake in the options. Later the options did fit, so the server has changed and may change back.
  if (remedy && isOpening(operation)) return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy }, { cause })
  if (saysOne(tooLarge)) return tooLargeRecord(cache, operation, cause)
  if (saysOne(noRoom) || /space quota|No space left/i.test(reason))
    return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (saysOne(damagedIndex))
    return unusable(cache, reason, 'Drop the index of this name: it was not made by koa-scopes.', cause)
  if (saysOne(wrongPlace))
    return unusable(cache, reason, 'Use another database: or prefix:, or remove what has this name.', cause)
  if (!isAnswer && refusedByClient.test(nameOf(thrown)))
    return isTooLargeForClient(thrown)
      ? tooLargeRecord(cache, operation, cause)
      : unusable(cache, reason, remedy ?? 'Correct the options of this cache.', cause)

  const details = { cache, operation, reason, ...(remedy && { remedy }) }
  if (isUnconfirmed(thrown) && !isOpening(operation)) return new StorageError('STORAGE_UNANSWERED', details, { cause })
  // The commands of open may be repeated, so it does not matter whether they were carried out.
  if (remedy || saysOne(passing) || isUnsent(thrown) || (isOpening(operation) && (!isAnswer || saysOne(unknown))))
    return new StorageError('STORAGE_UNAVAILABLE', details, { cause })
  if (saysOne(unknown) || lostAnswer.test(nameOf(thrown)))
    return new StorageError('STORAGE_UNANSWERED', details, { cause })
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

/** Whether the command was not carried out, and may succeed in a moment. */
export const isMomentary = (error: unknown): boolean =>
  !isUnconfirmed(error) && numbersOf(error).some((number) => number === writeConflict || notPrimary.includes(number))

/** Whether a connection broke in a way that lets the command be sent once more: nothing of it has left, or it is a read. */
export const isBroken = (error: unknown, isRepeatable: boolean): boolean =>
  !isSelectionTimeout(error) && (isUnsent(error) || (isRepeatable && lostAnswer.test(nameOf(error))))

/** Whether the client has found no server that accepts writes. */
export const isSelectionTimeout = (error: unknown): boolean => nameOf(error) === 'MongoServerSelectionError'

/**
 * Whether the primary applied the command, but no majority confirmed it, for whatever reason: a later primary may lack it. Such
 * reasons have the numbers of errors after which nothing was applied.
 */
function isUnconfirmed(error: unknown): boolean {
  const { result } = Object(error) as { result?: { writeConcernError?: unknown } }
  return nameOf(error) === 'MongoWriteConcernError' || result?.writeConcernError !== undefined
}

/** Whether a document of this `_id` exists already. */
export const isDuplicate = (error: unknown): boolean => numbersOf(error).includes(11_000)

/** Whether the server does not know the command. */
export const isUnknownCommand = (error: unknown): boolean => numbersOf(error).includes(59)

export const tooLargeRecord = (cache: string, operation: string, cause?: unknown): StorageError =>
  new StorageError(
    'STORAGE_FULL',
    { cache, operation, reason: 'the record would be larger than the 16 MB that a document of MongoDB may have' },
    { cause },
  )

const unusable = (cache: string, reason: string, remedy: string, cause: unknown): StorageError =>
  new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy }, { cause })

const isOpening = (operation: string): boolean => operation === 'open' || operation === 'prepare'

/** Whether the command was certainly not carried out, because no server got it. */
function isUnsent(error: unknown): boolean {
  if (numbersOf(error).length > 0 || !(error instanceof Error)) return false
  return (
    unsent.test(error.name) ||
    ('beforeHandshake' in error && error.beforeHandshake === true) ||
    unconnected.test(error.message)
  )
}

const isTooLargeForClient = (error: unknown): boolean =>
  /larger than the maximum size|out of range/i.test(reasonOf(error))

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')

/** The numbers of a server's answer: its own, that of its write concern, those of its writes. Empty if it is no answer. */
function numbersOf(error: unknown): number[] {
  if (!(error instanceof Error)) return []
  const { code, result, writeErrors } = error as { code?: unknown; result?: unknown; writeErrors?: unknown }
  const concern = (result as { writeConcernError?: { code?: unknown } } | undefined)?.writeConcernError?.code
  const writes = [writeErrors].flat().map((one) => (one as { code?: unknown } | undefined)?.code)
  return [code, concern, ...writes].filter((number): number is number => typeof number === 'number')
}

/** The first cause, which says more than that no server was found. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? causeOf(error.cause) : error
}

const sentenceOf = (error: unknown): string => (reasonOf(error) || nameOf(error)).replace(/\.$/, '')

/** Removes what visitors stored: the server quotes values of a document, and the client keeps the command. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error)
    for (const key of ['errorResponse', 'result', 'writeErrors', 'keyValue', 'errInfo', 'op'])
      Reflect.deleteProperty(error, key)
  return error
}
