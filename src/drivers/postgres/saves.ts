import type { CallOptions, RecordChange, RecordCreate, RecordUpdate, SaveResult } from '../../storage/contract.js'
import { newHead } from '../../storage/record.js'
import type * as steps from '../../storage/steps.js'
import { StorageError } from '../../storage/storage-error.js'
import { KeyedTurns } from '../../support/keyed-turns.js'
import { type Call, callOf } from '../network/call.js'
import { kindOfSave } from '../network/notice-kind.js'
import { needsNames, onlySets, removedNames, type Update, updateOf } from '../sql/update.js'
import { byteArray } from './byte-array.js'
import type { Notices } from './notices.js'
import { bytesOf, bytesOrNull, type PackedHead, rowIn, textOf } from './record-row.js'
import type { SpaceTables } from './space-tables.js'

/** How often others may change a record between the two statements of an update. */
const mostTries = 100

type Content = ReadonlyMap<string, Uint8Array>
const nothing: Content = new Map()

interface HeldRow {
  readonly head: PackedHead
  readonly wake_at: number | null
  /** In hex; null if they were not asked for, or there are none. */
  readonly names: readonly string[] | null
}

/**
 * The saves of a space. A change that only sets attributes is one statement. Others are two: the record is read, the step is
 * taken here, and the result is written if the record still has the version that was read.
 */
export class Saves {
  readonly #tables: SpaceTables
  readonly #notices: Notices
  readonly #reportsSaves: boolean
  /** A queue per record for the updates of this process: if they raced, each would make the others try again. */
  readonly #turns = new KeyedTurns()

  constructor(tables: SpaceTables, notices: Notices, reportsSaves: boolean) {
    this.#tables = tables
    this.#notices = notices
    this.#reportsSaves = reportsSaves
  }

  async save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    const call = callOf('save', options)
    if (change.set) this.#tables.checkSize(change.set.values(), call)
    const result = await this.#apply(change, options, call)
    if (this.#reportsSaves && kindOfSave(change, result) === 'saved')
      this.#notices.send(this.#notices.text(await this.#tables.number(call), 'saved', change.id, change.version))
    return result
  }

  #apply(change: RecordChange, options: CallOptions, call: Call): Promise<SaveResult> {
    if (change.mode === 'create') return this.#create(change, options, call)
    return onlySets(change) ? this.#set(change, options, call) : this.#updateInTurn(change, options, call)
  }

  async #create(change: RecordCreate, { now }: CallOptions, call: Call): Promise<SaveResult> {
    const { id, version, createdAt, touchedAt, idleMs, endsAt, expiresAt, hits, seal, ...owner } = newHead(change, now)
    const life = [createdAt, touchedAt, idleMs, endsAt, expiresAt, hits]
    const [names, contents] = pairsOf(change.set)
    const deadline = this.#tables.deadlineOf(call)
    const values = [
      bytesOf(id),
      version,
      ...life,
      seal,
      bytesOrNull(owner.principal),
      owner.principalSince,
      bytesOrNull(owner.description),
      names,
      contents,
      deadline,
      owner.replaced,
    ]
    const [row] = await this.#tables.run<{ is_added: boolean; is_late: boolean }>('create', values, call)
    if (row?.is_added) return { status: 'saved', previous: version }
    if (row?.is_late) await this.#tables.checkDeadline(call)
    return { status: 'exists' }
  }

  /** Falls back to the slow way for a record that is not live: it may be vacant, and the answer must tell. */
  async #set(change: RecordUpdate, options: CallOptions, call: Call): Promise<SaveResult> {
    const { id, version, touch, set } = change
    const access = [touch?.touchedAt ?? null, touch?.hits ?? 0]
    const values = [bytesOf(id), options.now, version, ...access, ...pairsOf(set), this.#tables.deadlineOf(call)]
    const [row] = await this.#tables.run<{ readonly was_version: string }>('save', values, call)
    return row ? { status: 'saved', previous: row.was_version } : this.#updateInTurn(change, options, call)
  }

  #updateInTurn(change: RecordUpdate, options: CallOptions, call: Call): Promise<SaveResult> {
    return this.#turns.run(change.id, () => this.#update(change, options, call))
  }

  async #update(change: RecordUpdate, { now }: CallOptions, call: Call): Promise<SaveResult> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const [found] = await this.#tables.run<HeldRow>('hold', [bytesOf(change.id), needsNames(change)], call)
      const held = found && {
        row: rowIn(change.id, found.head),
        wakeAt: found.wake_at,
        names: found.names?.map(textOf) ?? [],
      }
      const update = updateOf(held, change, now)
      if (!held || !update.write) return update.answer
      if (await this.#write(change, held, update.write, now, call)) return update.answer
      await this.#tables.checkDeadline(call)
    }
    throw new StorageError('STORAGE_UNAVAILABLE', {
      cache: this.#tables.cache,
      operation: 'save',
      reason: `others changed the record ${change.id} ${mostTries} times while this change was tried`,
    })
  }

  /** Whether it was written: no, if the record has changed since it was read, other than by touches. */
  async #write(
    change: RecordUpdate,
    { row: before, names }: Held,
    { columns }: NonNullable<Update['write']>,
    now: number,
    call: Call,
  ): Promise<boolean> {
    const { id, touch, life, lockToken, set = nothing } = change
    const { version, idle_ms, ends_at, due_at, seal, replaced, principal, principal_since, description, ending } =
      columns
    const space = await this.#tables.number(call)
    const hasEnded = ending !== null
    const isNews = hasEnded && before.head.ending !== ending
    const rows = await this.#tables.run(
      'update',
      [
        bytesOf(id),
        before.head.version,
        now,
        version,
        touch?.touchedAt ?? null,
        touch?.hits ?? 0,
        life?.idleMs !== undefined,
        idle_ms,
        ends_at,
        hasEnded ? due_at : null,
        seal,
        replaced,
        bytesOrNull(principal),
        principal_since,
        bytesOrNull(description),
        bytesOrNull(ending),
        lockToken ?? null,
        byteArray(removedNames(names, change).map(bytesOf)),
        ...pairsOf(set),
        this.#notices.channel,
        isNews ? this.#notices.text(space, 'ended', id, version) : null,
        this.#tables.deadlineOf(call),
      ],
      call,
    )
    return rows.length > 0
  }
}

interface Held {
  readonly row: steps.Row
  readonly names: readonly string[]
}

/** Names and values, in the same order. */
const pairsOf = (set: Content = nothing): [names: Buffer, contents: Buffer] => [
  byteArray([...set.keys()].map(bytesOf)),
  byteArray([...set.values()]),
]
