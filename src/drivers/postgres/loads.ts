import type { EpochMs, LoadOptions, LoadResult } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import * as steps from '../../storage/steps.js'
import { StorageError } from '../../storage/storage-error.js'
import { type Call, callOf } from '../network/call.js'
import { bytesOf, type ContentRow, type PackedHead, recordIn, rowIn } from './record-row.js'
import type { SpaceTables } from './space-tables.js'

/** How often a record may end, be resealed or change between the two looks of one statement before the load fails. */
const mostTries = 20

/** What `load.sql` found. */
interface TouchedRow {
  readonly answer: Answer
  readonly attributes: string | null
}

type Answer = Untouched | Unchanged | Touched
type Untouched = readonly ['untouched', isLive: boolean, seal: string, replaced: string | null]
type Unchanged = readonly [
  'unchanged',
  previouslyTouchedAt: EpochMs,
  touchedAt: EpochMs,
  idleMs: number | null,
  endsAt: EpochMs | null,
  hits: number,
]
/** `changed`: others have changed the record during the load, which has not seen the new attributes. */
type Touched = readonly ['loaded' | 'changed', previouslyTouchedAt: EpochMs, ...PackedHead]

/** The loads of a space. */
export class Loads {
  readonly #tables: SpaceTables

  constructor(tables: SpaceTables) {
    this.#tables = tables
  }

  load(id: string, options: LoadOptions): Promise<LoadResult> {
    const call = callOf('load', options)
    return options.touch ? this.#touch(id, options, call) : this.#read(id, options, call)
  }

  async #read(id: string, options: LoadOptions, call: Call): Promise<LoadResult> {
    const held = options.ifChangedSince ?? null
    const [found] = await this.#tables.run<ContentRow>('read', [bytesOf(id), held], call)
    if (!found) return { status: 'missing' }
    const { answer } = steps.load(rowIn(id, found.head), options)
    return answer.status === 'loaded' ? { record: recordIn(id, found), ...answer } : answer
  }

  async #touch(id: string, options: LoadOptions, call: Call): Promise<LoadResult> {
    const { now, seal = null, ifChangedSince: held = null, touch, prolong } = options
    const deadline = this.#tables.deadlineOf(call)
    const access = [touch?.touchedAt ?? now, touch?.hits ?? 0]
    const values = [bytesOf(id), now, ...access, seal, held, deadline, prolong?.fromMs ?? null, prolong?.toMs ?? null]
    for (let tries = 0; tries < mostTries; tries += 1) {
      const [found] = await this.#tables.run<TouchedRow>('load', values, call)
      if (!found) return { status: 'missing' }
      const { answer, attributes } = found
      if (answer[0] === 'unchanged') return unchanged(answer)
      if (answer[0] !== 'untouched') return this.#touched(id, answer, attributes, options, call)
      const [, isLive, foundSeal, replaced] = answer
      if (!isLive) return { status: 'missing' }
      if (seal !== null && seal !== foundSeal) return { status: 'refused', replaced }
      await this.#tables.checkDeadline(call)
    }
    throw new StorageError('STORAGE_UNAVAILABLE', {
      cache: this.#tables.cache,
      operation: 'load',
      reason: `the record ${id} changed ${mostTries} times while it was loaded`,
    })
  }

  /** The answer to a load that has touched the record. If others changed it in between, its attributes are read now. */
  async #touched(
    id: string,
    [status, previouslyTouchedAt, ...head]: Touched,
    attributes: string | null,
    options: LoadOptions,
    call: Call,
  ): Promise<LoadResult> {
    if (status === 'loaded') return { status, record: recordIn(id, { head, attributes }), previouslyTouchedAt }
    const { touch: _, prolong: __, ...untouching } = options
    const result = await this.#read(id, untouching, call)
    return 'previouslyTouchedAt' in result ? { ...result, previouslyTouchedAt } : result
  }
}

function unchanged([status, previouslyTouchedAt, touchedAt, idleMs, endsAt, hits]: Unchanged): LoadResult {
  return { status, touchedAt, previouslyTouchedAt, expiresAt: expiryOf({ idleMs, endsAt }, touchedAt), hits }
}
