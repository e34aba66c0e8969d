import type { Row, Step } from '../../storage/steps.js'
import { StorageError } from '../../storage/storage-error.js'
import { backoffDelay } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { KeyedTurns } from '../../support/keyed-turns.js'
import { systemClock } from '../../support/steady-clock.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import type { Fields } from './client.js'
import type { MongoConnection } from './connection.js'
import { type Found, foundIn, rowUpdate, withoutAttributes } from './document.js'
import { type Documents, inserted } from './documents.js'
import type { DocumentUpdate } from './update.js'

/** The most attempts at a change that other calls overtake; together they take about five seconds. */
const mostTries = 100
const firstPauseMs = 1
const longestPauseMs = 64

const everything = {} as const

/** The records of a space, and the way for changes that one command cannot make. */
export class Records {
  readonly documents: Documents
  readonly #connection: MongoConnection
  /** A queue per record for the calls of this process: if they raced, each change would make all the others try again. */
  readonly #turns = new KeyedTurns()

  constructor(connection: MongoConnection, documents: Documents) {
    this.#connection = connection
    this.documents = documents
  }

  /** Reads the head of a record. */
  head(id: string, call: Call, filter: Fields = {}): Promise<Found | undefined> {
    return this.#read({ _id: id, ...filter }, withoutAttributes, call)
  }

  /** Reads a record with its attributes. */
  whole(id: string, call: Call, filter: Fields = {}): Promise<Found | undefined> {
    return this.#read({ _id: id, ...filter }, everything, call)
  }

  /** Takes a step on the record, and changes it under the stamp that was read; tries again if other calls have changed it meanwhile. */
  change<Answer>(
    id: string,
    read: 'head' | 'whole',
    call: Call,
    step: (found: Found | undefined) => Step<Answer, Row>,
    addTo: (update: DocumentUpdate, found: Found) => void = () => {},
  ): Promise<Answer> {
    return this.#turns.run(id, async () => {
      let seen: number | undefined
      for (let tries = 0; tries < mostTries; tries += 1) {
        if (tries > 0) await this.pause(tries - 1, call)
        throwIfGivenUp(call)
        const found = await this[read](id, call)
        if (found && found.stamp === seen) await this.#connection.measureClock(call)
        const { answer, row } = step(found)
        if (!row || !found) return answer
        const update = rowUpdate(found, row)
        addTo(update, found)
        if (await this.documents.update({ _id: id, stamp: found.stamp }, update.fields, call)) return answer
        seen = found.stamp
      }
      throw new StorageError('STORAGE_UNAVAILABLE', {
        cache: this.#connection.cache,
        operation: call.operation,
        reason: `other calls changed the record ${mostTries} times while this change was tried`,
      })
    })
  }

  /** A pause of random length, so that two callers that collided do not collide again. */
  pause(tries: number, { options }: Call): Promise<void> {
    return wait(systemClock, backoffDelay(tries, firstPauseMs, longestPauseMs), options?.deadline?.signal)
  }

  async #read(filter: Fields, projection: Fields, call: Call): Promise<Found | undefined> {
    return this.understood(await this.documents.latest({ ...filter, ...inserted }, projection, call))
  }

  /** Throws STORAGE_CORRUPT for a document that is no record. */
  understood(fields: Fields | null): Found | undefined {
    if (!fields) return undefined
    const found = foundIn(fields)
    if (found) return found
    const reason = 'another program has written a document that is no record into a collection of this cache'
    throw new StorageError('STORAGE_CORRUPT', { cache: this.#connection.cache, reason })
  }
}
