import type {
  CallOptions,
  EpochMs,
  RecordChange,
  RecordCreate,
  RecordUpdate,
  SaveResult,
} from '../../storage/contract.js'
import { changedAttributes } from '../../storage/record.js'
import * as steps from '../../storage/steps.js'
import { type Call, callOf, throwIfGivenUp } from '../network/call.js'
import type { Fields } from './client.js'
import { liveAt, lockedBy } from './conditions.js'
import type { MongoConnection } from './connection.js'
import { newDocument } from './document.js'
import type { Records } from './records.js'
import { DocumentUpdate } from './update.js'

/** How long a reservation is kept for a create that may still come, by the time of the callers. A sweep removes it. */
const reservedMs = 60_000

const versionOnly = { version: 1, _id: 0 } as const
const nothing: ReadonlyMap<string, Uint8Array> = new Map()

/** The saves of a space. Most are one command: a document changes in one step, or not at all. */
export class Saves {
  readonly #connection: MongoConnection
  readonly #records: Records

  constructor(connection: MongoConnection, records: Records) {
    this.#connection = connection
    this.#records = records
  }

  async save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    const call = callOf('save', options)
    if (change.set) this.#connection.checkSize(change.set.values(), call)
    return change.mode === 'create' ? this.#create(change, options.now, call) : this.#update(change, options.now, call)
  }

  async #create(change: RecordCreate, now: EpochMs, call: Call): Promise<SaveResult> {
    const { answer, row } = steps.create(undefined, change, now)
    if (!row) return answer
    const document = newDocument(row, change.set ?? nothing)
    const reservation = { wakeAt: now + reservedMs }
    for (let tries = 0; ; tries += 1) {
      if (await this.#records.documents.insert(document, reservation, call)) return answer
      if (await this.#records.head(change.id, call)) return { status: 'exists' }
      // The server refused it as late, or the record has just been settled.
      await this.#connection.measureClock(call)
      await this.#records.pause(tries, call)
      throwIfGivenUp(call)
    }
  }

  async #update(change: RecordUpdate, now: EpochMs, call: Call): Promise<SaveResult> {
    const before = isOneCommand(change) ? await this.#apply(change, now, call) : null
    if (before) return { status: 'saved', previous: String(before.version) }
    const { clear, unset = [], set, dropIfEmpty } = change
    // A vacant record has no attribute, but one that becomes vacant, or is cleared, must be known by its attributes.
    const read = clear || dropIfEmpty || unset.length > 0 ? 'whole' : 'head'
    return this.#records.change(
      change.id,
      read,
      call,
      (found) =>
        steps.update(found?.row, change, now, () => changedAttributes(found?.attributes ?? nothing, change).size),
      (update, { attributes }) => {
        const left = clear ? changedAttributes(attributes, change) : undefined
        const removed = left ? [...attributes.keys()].filter((name) => !left.has(name)) : []
        update.attributes([...removed, ...unset], set)
      },
    )
  }

  /** Makes the whole change in one command. Returns the record before it; null if the record does not take it. */
  #apply(change: RecordUpdate, now: EpochMs, call: Call): Promise<Fields | null> {
    const { id, ifVersion, reseal, lockToken } = change
    const filter = {
      _id: id,
      ...liveAt(now),
      ...(ifVersion !== undefined && { version: ifVersion }),
      ...(reseal && { seal: reseal.from }),
      ...(lockToken !== undefined && lockedBy(lockToken, now)),
    }
    return this.#records.documents.change(filter, updateOf(change, now), versionOnly, call)
  }
}

/** Whether the result does not depend on what is stored, once the record is known to be live. */
const isOneCommand = ({ clear, life, dropIfEmpty, set }: RecordUpdate): boolean =>
  !clear && !life && (!dropIfEmpty || (set?.size ?? 0) > 0)

function updateOf(change: RecordUpdate, now: EpochMs): Fields {
  const { version, touch, unset = [], set, reseal, principal, description, ending } = change
  const update = new DocumentUpdate().put('version', version).touch(touch).attributes(unset, set)
  if (reseal) update.put('seal', reseal.to).put('replaced', reseal.replaced)
  if (principal !== undefined) update.put('principal', principal).put('principalSince', principal === null ? null : now)
  if (description !== undefined) update.put('description', description)
  // A live record expires later than now, so it is due at once.
  if (ending !== undefined) update.put('ending', ending).put('wakeAt', now)
  return update.fields
}
