import { MongoNetworkError, MongoServerError, MongoServerSelectionError, MongoWriteConcernError } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { isMomentary, storageFailure } from '../../src/drivers/mongodb/failure.js'

/*
 * Answers that the stand-in never gives. The numbers are those of MongoDB's list of errors; the errors are those of the
 * client.
 */

const failure = (error: unknown, operation = 'save') =>
  storageFailure(error, { cache: 'shared', operation, where: 'here', lost: undefined })
const answer = (code: number, message: string) => new MongoServerError({ errmsg: message, code })

const unavailable = { code: 'STORAGE_UNAVAILABLE', status: 503 }
const unanswered = { code: 'STORAGE_UNANSWERED', status: 503 }
const unusable = { code: 'STORAGE_UNUSABLE', status: 500 }
const full = { code: 'STORAGE_FULL', status: 503 }
const failed = { code: 'STORAGE_FAILED', status: 500 }

describe('an answer of MongoDB', () => {
  it.each([
    [10_107, 'not primary', unavailable, unavailable],
    [13_435, 'not master and slaveOk=false', unavailable, unavailable],
    [112, 'WriteConflict error', unavailable, unavailable],
    [189, 'Primary stepped down while waiting for replication', unavailable, unanswered],
    [11_602, 'operation was interrupted', unavailable, unanswered],
    [91, 'The server is in quiesce mode and will shut down', unavailable, unanswered],
    [50, 'operation exceeded time limit', unavailable, unanswered],
    [64, 'waiting for replication timed out', unavailable, unanswered],
    [18, 'Authentication failed.', unusable, unavailable],
    [13, 'not authorized on shop to execute command { findAndModify: 1 }', unusable, unavailable],
    [8_000, 'you are over your space quota, using 513 MB of 512 MB', full, full],
    [14_031, 'Cannot write: out of disk space', full, full],
    [17_419, 'Resulting document after update is larger than 16777216', full, full],
    [10_334, 'BSONObj size: 16777300 is invalid', full, full],
    [86, 'An existing index has the same name as the requested index', unusable, unusable],
    [166, 'Namespace shop.records is a view, not a collection', unusable, unusable],
    [73, 'Invalid namespace specified', unusable, unusable],
    [40_324, 'Unrecognized pipeline stage name', failed, failed],
  ])('%i %s is %o at the start, and %o later', (code, message, atStart, later) => {
    expect(failure(answer(code, message), 'open')).toMatchObject(atStart)
    expect(failure(answer(code, message))).toMatchObject(later)
  })

  it.each([64, 91, 189, 10_107, 11_602])(
    'that no majority has confirmed a write leaves open whether it lasts, whatever the reason: %i',
    (code) => {
      const reply = { ok: 1, writeConcernError: { code, errmsg: 'waiting for replication' } }
      const error = new MongoWriteConcernError(reply as never)
      expect(isMomentary(error)).toBe(false)
      expect(failure(error)).toMatchObject(unanswered)
    },
  )

  it.each([112, 10_107])('that is certain is repeated: %i', (code) => {
    expect(isMomentary(answer(code, 'refused'))).toBe(true)
  })

  it('does not bring what visitors stored into the logs', () => {
    const error = answer(11_000, 'E11000 duplicate key')
    Object.assign(error, { keyValue: { principal: 'ada@example.com' }, writeErrors: [{ op: { card: '4111' } }] })
    const { cause } = failure(error)
    expect(JSON.stringify([cause, Object.entries(cause as object)])).not.toMatch(/ada@example|4111/)
  })
})

describe('an error of the client', () => {
  it('is certain if no server got the command', () => {
    expect(failure(new MongoNetworkError('connect ECONNREFUSED 127.0.0.1:1'))).toMatchObject(unavailable)
    expect(failure(new MongoNetworkError('closed', { beforeHandshake: true }))).toMatchObject(unavailable)
    expect(failure(new MongoServerSelectionError('Server selection timed out', {} as never))).toMatchObject(unavailable)
  })

  it('is not if one may have got it', () => {
    expect(failure(new MongoNetworkError('connection 3 to 127.0.0.1:1 closed'))).toMatchObject(unanswered)
    const interrupted = Object.defineProperty(new MongoNetworkError('interrupted'), 'name', {
      value: 'PoolClearedOnNetworkError',
    })
    expect(failure(interrupted)).toMatchObject(unanswered)
  })

  it('at the start says what to correct', () => {
    expect(failure(new MongoNetworkError('self-signed certificate'), 'open')).toMatchObject({
      ...unusable,
      remedy: 'Correct tls: of this cache, or the certificate of the server.',
    })
  })
})
