import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { NoPassword } from '../network/secret.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  /** The servers, for messages. */
  readonly where: string
}

/** The change of a call may have been applied: the connection was lost after its commit had been sent. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

/** A connection was lost before the commit was sent, so nothing was applied. */
export class Uncommitted extends Error {
  override readonly name = 'Uncommitted'
}

/** By the clock of the server, the caller had given up, so nothing was applied. */
export class Late extends Error {
  override readonly name = 'Late'

  constructor() {
    super('by the clock of the server the deadline had passed')
  }
}

/** A value that the server would refuse together with the connection. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

/** A server that must not be used, although it answers. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
  /** Absent: the server may become fit by itself. */
  readonly remedy: string | undefined

  constructor(reason: string, remedy?: string) {
    super(reason)
    this.remedy = remedy
  }
}

const keyTaken = 1062
const notNull = 1048
const noTable = 1146
const columnThere = 1060
/** Deadlock, lock wait timeout, a conflict of Galera. Nothing was applied, and another try may succeed. */
const momentary = new Set([1205, 1213, 1020, 3101])
const readOnly = new Set([1290, 1792, 1836])
/** The server has not carried out the statement, and may later: too many connections, shutting down, killed, not ready. */
const passing = new Set([...momentary, ...readOnly, 1040, 1047, 1053, 1129, 1203, 1226, 1317, 1927, 1969, 3024])
const full = new Set([1021, 1114, 1037, 1038, 1041, 1153])
const corrupt = new Set([1034, 1194, 1195, 1712, 1877])
/** The errors that other options, or other settings of the server, can correct. */
const remedies: readonly (readonly [codes: readonly number[], remedy: string])[] = [
  [
    [1045, 1698, 1130, 1251, 1275, 45_025, 45_044],
    'Correct the user or its password, or let it connect from this host.',
  ],
  [[1044, 1142, 1143, 1227, 1370], 'Grant the user the rights that docs/drivers/mariadb.md lists.'],
  [[1049], 'Create the database, or correct its name.'],
  [[noTable], 'Set migrate: auto, or create the tables that koa-scopes schema --sql mariadb prints.'],
  [[45_023], 'Remove tls: of this cache, or enable TLS in the server.'],
]
const certificate = /certificate|SSL routines|altnames/i

/** Turns an error of mariadb, or one of this driver, into a StorageError. */
export function storageFailure(thrown: unknown, failed: Failed): StorageError {
  if (thrown instanceof StorageError) return thrown
  const { cache, operation, where } = failed
  const isOpening = operation === 'open'
  const cause = withoutStatement(thrown)
  const reason = `${where}: ${sentenceOf(rootOf(cause))}`
  const remedy = remedyFor(rootOf(cause))
  // At open this is a mistake in the options. Later the options did fit, so the server has changed and may change back.
  if (remedy && isOpening) return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy }, { cause })
  const details = { cache, operation, reason, ...(remedy && { remedy }) }
  // The statements of open may be repeated, so it does not matter whether they were carried out.
  if (cause instanceof Unanswered && !isOpening) return new StorageError('STORAGE_UNANSWERED', details, { cause })
  const code = codeOf(rootOf(cause))
  if (cause instanceof TooLarge || full.has(code))
    return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (corrupt.has(code)) return new StorageError('STORAGE_CORRUPT', { cache, reason }, { cause })
  const isCertain = cause instanceof Late || cause instanceof Uncommitted || cause instanceof Unfit
  if (remedy || isCertain || passing.has(code) || isConnectionLoss(cause))
    return new StorageError('STORAGE_UNAVAILABLE', details, { cause })
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

/** The number of an error of the server or of mariadb; 0 if it has none. */
const codeOf = (error: unknown): number =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0

export const isTaken = (error: unknown): boolean => codeOf(error) === keyTaken
export const isNotNull = (error: unknown): boolean => codeOf(error) === notNull
export const isNoTable = (error: unknown): boolean => codeOf(error) === noTable
export const isColumnThere = (error: unknown): boolean => codeOf(error) === columnThere
export const isReadOnly = (error: unknown): boolean => readOnly.has(codeOf(error))

/** Whether nothing was applied, and another try may succeed at once. */
export const isMomentary = (error: unknown): boolean => error instanceof Uncommitted || momentary.has(codeOf(error))

/** Whether the error ended the connection. */
export const isConnectionLoss = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  if (error instanceof NoPassword) return true
  if ('fatal' in error && error.fatal === true) return true
  return 'syscall' in error && /^(connect|read|write|getaddrinfo)/.test(String(error.syscall))
}

function remedyFor(error: unknown): string | undefined {
  if (error instanceof Unfit) return error.remedy
  const code = codeOf(error)
  const known = remedies.find(([codes]) => codes.includes(code))?.[1]
  if (known) return known
  return certificate.test(reasonOf(error)) ? 'Correct tls: of this cache, or the certificate of the server.' : undefined
}

const rootOf = (error: unknown): unknown =>
  (error instanceof Unanswered || error instanceof Uncommitted) && error.cause ? error.cause : error

/** The message of the server, without the statement that mariadb adds. */
function sentenceOf(error: unknown): string {
  const text =
    error instanceof Error && 'sqlMessage' in error && typeof error.sqlMessage === 'string'
      ? error.sqlMessage
      : reasonOf(error)
  return text.replace(/\.$/, '')
}

/** Removes the statement, so that no log has more than the reason. Values are not part of it. */
function withoutStatement(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'sql')
  return error
}
