import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'

export interface Failed {
  readonly cache: string
  readonly operation: string
  /** The servers, for messages. */
  readonly where: string
  /** Whether the statement may have left this process. */
  readonly hasLeft: boolean
}

/*
 * The errors of PostgreSQL by their codes (https://www.postgresql.org/docs/current/errcodes-appendix.html). A reply with one
 * of them says that the statement was not carried out.
 */

/** The statement may succeed if it is sent again: another one was in its way. */
const contended = /^(40001|40P01|55P03)$/
/** The server must be left for another one, or for its next start: it stops, or accepts no writes any more. */
const departing = /^(57P0[1-5]|25006)$/
/** A pooler reports that it lost its server: the statement may have been carried out. */
const lost = /^08/
/** The server cannot carry it out now, and may later. */
const passing = /^(53300|57014|55000|58030)$/
/** What `{in_time}` in the statements fails with. */
const late = '22012'
const full = /^(53[124]00|54000)$/
const corrupt = /^(XX00[12])$/
const correctUser = 'Correct the user and its password.'
/** Other options, or other rights, are needed. */
const remedies = [
  [/^28/, correctUser],
  [/^3D000$/, 'Create the database, or correct its name.'],
  [/^42501$/, 'Give the user the rights that docs/drivers/postgres.md lists.'],
  [
    /^(3F000|42P01|42703)$/,
    'The tables are not there as expected: run the statements of `koa-scopes schema --sql postgres`.',
  ],
] as const
const tlsTrouble = /certificate|SSL|altnames/i
/** The client's own words for a server that asks for a password when none is set. */
const noPassword = /client password must be/

/** Turns an error of pg into a StorageError. */
export function storageFailure(thrown: unknown, { cache, operation, where, hasLeft }: Failed): StorageError {
  if (thrown instanceof StorageError) return thrown
  const code = codeOf(thrown)
  const cause = thrown
  const reason = code === undefined ? `${where}: ${sentenceOf(thrown)}` : `${sentenceOf(thrown)} (${code})`
  const remedy = remedyFor(thrown, code)
  // At open this is a mistake in the options. Later the options did fit, so the server has changed and may change back.
  if (remedy && operation === 'open')
    return new StorageError('STORAGE_UNUSABLE', { cache, reason: `${where}: ${sentenceOf(thrown)}`, remedy }, { cause })
  const details = { cache, operation, reason, ...(remedy && { remedy }) }
  if (code === undefined || lost.test(code)) {
    const isCertain = operation === 'open' || !hasLeft
    return new StorageError(isCertain ? 'STORAGE_UNAVAILABLE' : 'STORAGE_UNANSWERED', details, { cause })
  }
  if (code === late) {
    const reason = 'it had to wait for another program until its caller had given up, and was undone'
    return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason }, { cause })
  }
  if (full.test(code)) return new StorageError('STORAGE_FULL', { cache, operation, reason }, { cause })
  if (corrupt.test(code)) return new StorageError('STORAGE_CORRUPT', { cache, reason }, { cause })
  if (remedy || isContended(thrown) || isDeparting(thrown) || passing.test(code))
    return new StorageError('STORAGE_UNAVAILABLE', details, { cause })
  return new StorageError('STORAGE_FAILED', { cache, operation, reason }, { cause })
}

/** Whether the statement was not carried out because of another one, and may succeed at once. */
export const isContended = (error: unknown): boolean => contended.test(codeOf(error) ?? '')

/** Whether the connection must be left: its server stops or has become a replica. */
export const isDeparting = (error: unknown): boolean => departing.test(codeOf(error) ?? '')

/** The code of PostgreSQL; undefined for an error that is no reply of a server. */
function codeOf(error: unknown): string | undefined {
  const isReply = error instanceof Error && 'severity' in error && 'code' in error
  return isReply ? String(error.code) : undefined
}

function remedyFor(error: unknown, code: string | undefined): string | undefined {
  if (code !== undefined) return remedies.find(([pattern]) => pattern.test(code))?.[1]
  if (noPassword.test(reasonOf(error))) return correctUser
  return tlsTrouble.test(reasonOf(error)) ? 'Correct tls: of this cache, or the certificate of the server.' : undefined
}

function sentenceOf(error: unknown): string {
  const reason = reasonOf(error)
  return noPassword.test(reason) ? 'the server asks for a password, and none is given' : reason.replace(/\.$/, '')
}
