import type { CallOptions, EpochMs } from '../../storage/contract.js'
import type { RowsPage, RowsQuery, StampedRow, Table, TableRow } from '../../storage/table.js'
import { type Call, callOf } from '../network/call.js'
import type { HazelcastMap, Predicate, Sendable } from './client.js'
import type { HazelcastConnection } from './connection.js'
import { dueEntries } from './due.js'
import { Entry, entryOf, rowOf } from './entry.js'
import { recordsName } from './names.js'
import { firstDue } from './operations.js'

/** Claims look these up by order, listings of a principal by value. */
const indexes = [
  { name: 'due', type: 'SORTED', attributes: ['due'] },
  { name: 'principal', type: 'HASH', attributes: ['principal'] },
] as const

/** The rows of one space as the entries of one map. Every change is one compare-and-set on a member. */
export class HazelcastRecords implements Table {
  readonly #connection: HazelcastConnection
  readonly #name: string
  readonly #makesIndexes: boolean
  /** The map, and the connect after which its indexes were made: a cluster that was started anew has lost them. */
  #indexed: { readonly connect: number; readonly map: Promise<HazelcastMap<Entry>> } | undefined

  constructor(connection: HazelcastConnection, prefix: string, space: string, makesIndexes = true) {
    this.#connection = connection
    this.#makesIndexes = makesIndexes
    this.#name = recordsName(prefix, space)
  }

  async get(id: string, options: CallOptions): Promise<StampedRow | undefined> {
    const call = callOf('load', options)
    const map = await this.#map(call)
    const entry = await this.#connection.read(call, () => map.get(id))
    return entry === null ? undefined : this.#stamped(id, entry, call)
  }

  async insert(row: TableRow, options: CallOptions): Promise<boolean> {
    const call = callOf('save', options)
    const map = await this.#map(call)
    const entry = entryOf(row)
    const present = await this.#connection.write(call, () => map.putIfAbsent(row.head.id, entry))
    return present === null || isSame(present, entry)
  }

  async replace(row: TableRow, stamp: unknown, options: CallOptions): Promise<boolean> {
    const { id } = row.head
    const call = callOf('save', options)
    const map = await this.#map(call)
    const entry = entryOf(row)
    if (await this.#connection.write(call, () => map.replaceIfSame(id, stamp as Entry, entry))) return true
    // If a member is lost, a request may be carried out twice. The second time fails, though the first has applied.
    const present = await this.#connection.read(call, () => map.get(id))
    return present !== null && isSame(present, entry)
  }

  async remove(id: string, stamp: unknown, options: CallOptions): Promise<boolean> {
    const call = callOf('settle', options)
    const map = await this.#map(call)
    return this.#connection.write(call, () => map.remove(id, stamp as Entry))
  }

  async due(options: CallOptions & { readonly limit: number }): Promise<readonly StampedRow[]> {
    const call = callOf('claimExpired', options)
    const map = await this.#map(call)
    const { library } = this.#connection
    const entries = await this.#connection.read(call, () => dueEntries(map, library, options.now, options.limit))
    return entries.map(([id, entry]) => this.#stamped(id, entry, call))
  }

  /** Has the member that holds a record carry out an operation that may change it. Returns its answer. */
  async change(id: string, operation: Sendable, call: Call): Promise<unknown> {
    const map = await this.#map(call)
    return this.#connection.write(call, () => map.executeOnKey(id, operation))
  }

  /** As `change`, for an operation that changes nothing. */
  async look(id: string, operation: Sendable, call: Call): Promise<unknown> {
    const map = await this.#map(call)
    return this.#connection.read(call, () => map.executeOnKey(id, operation))
  }

  /** The ids of those due longest, found by members that have the jar; an empty result only if none is due. */
  async idsDue(options: CallOptions & { readonly limit: number }): Promise<readonly string[]> {
    const call = callOf('claimExpired', options)
    const map = await this.#map(call)
    const isDue = this.#connection.library.Predicates.lessEqual('due', options.now)
    const ids = () => map.aggregateWithPredicate(firstDue(options.limit), isDue)
    return (await this.#connection.read(call, ids)) as readonly string[]
  }

  /** What `read` makes of an answer. Throws STORAGE_CORRUPT if it cannot. */
  understood<T>({ operation }: Call, read: () => T): T {
    try {
      return read()
    } catch (error) {
      throw this.#connection.failure(error, operation)
    }
  }

  /** The cursor is the id before: members return pages in the order of ids. */
  async rows({ limit, cursor, principal, ...options }: RowsQuery): Promise<RowsPage> {
    const call = callOf('list', options)
    const { and, equal, greaterThan, paging, alwaysTrue } = this.#connection.library.Predicates
    const map = await this.#map(call)
    const wanted: Predicate[] = [
      ...(cursor === undefined ? [] : [greaterThan('__key', cursor)]),
      ...(principal === undefined ? [] : [equal('principal', principal)]),
    ]
    const [first = alwaysTrue()] = wanted
    const page = () => paging(wanted.length > 1 ? and(...wanted) : first, limit)
    const entries = await this.#connection.read(call, () => map.entrySetWithPredicate(page()))
    const rows = entries.map(([id, entry]) => this.#stamped(id, entry, call).row)
    const last = entries.at(-1)?.[0]
    return last === undefined || entries.length < limit ? { rows } : { rows, cursor: last }
  }

  /** Counted by the members, so that no record leaves them. */
  async countLive({ now, ...options }: CallOptions): Promise<number> {
    const call = callOf('count', options)
    const map = await this.#map(call)
    const { Aggregators, Predicates } = this.#connection.library
    const count = () => map.aggregateWithPredicate(Aggregators.count(), isLive(Predicates, now))
    return Number(await this.#connection.read(call, count))
  }

  /** Makes the indexes. Records are found without them too, only slowly. */
  async prepare(call: Call): Promise<void> {
    await this.#map(call)
  }

  #map(call: Call): Promise<HazelcastMap<Entry>> {
    const { connects } = this.#connection
    if (this.#indexed?.connect !== connects) {
      const map = this.#makeIndexes(call)
      const indexed = { connect: connects, map }
      this.#indexed = indexed
      map.catch(() => {
        if (this.#indexed === indexed) this.#indexed = undefined
      })
    }
    return this.#indexed.map
  }

  async #makeIndexes(call: Call): Promise<HazelcastMap<Entry>> {
    // Not under the deadline of the first call that needs it: all that come meanwhile wait for it too.
    const { operation } = call
    const map = await this.#connection.map<Entry>({ operation }, this.#name)
    for (const index of this.#makesIndexes ? indexes : [])
      await this.#connection.read({ operation }, () => map.addIndex({ ...index, attributes: [...index.attributes] }))
    return map
  }

  #stamped(id: string, entry: Entry, call: Call): StampedRow {
    return this.understood(call, () => ({ row: rowOf(id, entry), stamp: entry }))
  }
}

const isSame = (present: unknown, written: Entry): boolean =>
  present instanceof Entry && present.fields.stamp === written.fields.stamp

type Predicates = HazelcastConnection['library']['Predicates']

/** As `isLiveRow`, on the members. */
const isLive = ({ and, or, equal, greaterThan }: Predicates, now: EpochMs): Predicate =>
  and(equal('claimToken', null), equal('ending', null), or(equal('expiresAt', null), greaterThan('expiresAt', now)))
