import type { LoadOptions, LoadResult } from '../../storage/contract.js'
import * as steps from '../../storage/steps.js'
import { StorageError } from '../../storage/storage-error.js'
import { type Call, callOf } from '../network/call.js'
import { bytesOf, type ContentRow, recordIn, rowIn } from './record-row.js'
import type { SpaceTables } from './space-tables.js'

/** How often a record may end, be resealed or change between the two looks of one statement before the load fails. */
const mostTries = 20

type Touched = { readonly [Column in keyof ContentRow]: ContentRow[Column] | null } & {
  readonly was_touched_at: number | null
  readonly seen_version: string
  readonly seen_seal: string
  readonly seen_replaced: string | null
  readonly is_live: boolean
  readonly attributes: Buffer | null
}

/** A touched row: the whole head is there. */
type Head = ContentRow & { readonly was_touched_at: number; readonly seen_version: string }

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
    const { answer } = steps.load(rowIn(found), options)
    return answer.status === 'loaded' ? { ...answer, record: recordIn(found) } : answer
  }

  async #touch(id: string, options: LoadOptions, call: Call): Promise<LoadResult> {
    const { now, seal = null, ifChangedSince: held = null, touch, prolong } = options
    const deadline = this.#tables.deadlineOf(call)
    const access = [touch?.touchedAt ?? now, touch?.hits ?? 0]
    const values = [bytesOf(id), now, ...access, seal, held, deadline, prolong?.fromMs ?? null, prolong?.toMs ?? null]
    for (let tries = 0; tries < mostTries; tries += 1) {
      const [found] = await this.#tables.run<Touched>('load', values, call)
      if (!found?.is_live) return { status: 'missing' }
      if (found.version !== null) return this.#touched(id, found as Head, options, call)
      if (seal !== null && seal !== found.seen_seal) return { status: 'refused', replaced: found.seen_replaced }
      await this.#tables.checkDeadline(call)
    }
    throw new StorageError('STORAGE_UNAVAILABLE', {
      cache: this.#tables.cache,
      operation: 'load',
      reason: `the record ${id} changed ${mostTries} times while it was loaded`,
    })
  }

  /** The answer to a load that has touched the record. If others changed it in between, its attributes are read now. */
  async #touched(id: string, found: Head, options: LoadOptions, call: Call): Promise<LoadResult> {
    const { head } = rowIn(found)
    const previouslyTouchedAt = found.was_touched_at
    if (head.version === options.ifChangedSince) {
      const { touchedAt, expiresAt, hits } = head
      return { status: 'unchanged', touchedAt, previouslyTouchedAt, expiresAt, hits }
    }
    if (found.version === found.seen_version) return { status: 'loaded', record: recordIn(found), previouslyTouchedAt }
    const { touch: _, prolong: __, ...untouching } = options
    const result = await this.#read(id, untouching, call)
    return 'previouslyTouchedAt' in result ? { ...result, previouslyTouchedAt } : result
  }
}
