import type { CallOptions, EpochMs } from '../../storage/contract.js'
import { sizeOf } from '../../storage/record-size.js'
import { isLiveRow } from '../../storage/steps.js'
import type { RowsPage, RowsQuery, StampedRow, Table, TableRow } from '../../storage/table.js'
import type { Resident, Residents, Worth } from './residents.js'

/** A row in memory. The object is its own stamp, because each state of a record is a new object. */
class ResidentRow implements Resident, StampedRow {
  readonly owner: MemoryTable
  /** Ascends in the order of creation, which is the order of listings. */
  readonly serial: number
  readonly row: TableRow

  constructor(owner: MemoryTable, serial: number, row: TableRow) {
    this.owner = owner
    this.serial = serial
    this.row = row
  }

  get stamp(): this {
    return this
  }

  get id(): string {
    return this.row.head.id
  }

  get worth(): Worth {
    const { createdAt, hits, principal, touchedAt } = this.row.head
    if (principal !== null) return 'owned'
    return hits > 1 || touchedAt > createdAt ? 'anonymous' : 'fleeting'
  }

  isWaiting(now: EpochMs): boolean {
    return !isLiveRow(this.row, now)
  }
}

/** The rows of one space in the memory of this process. No method awaits anything, so each applies in one step. */
export class MemoryTable implements Table {
  readonly name: string
  readonly #residents: Residents
  /** All rows by id, in the order of creation. */
  readonly #rows = new Map<string, ResidentRow>()
  readonly #byPrincipal = new Map<string, Map<string, ResidentRow>>()
  #lastSerial = 0

  constructor(name: string, residents: Residents) {
    this.name = name
    this.#residents = residents
  }

  /** Does not count as a use, so that refused requests keep no record in memory. A touch replaces the row, which is a use. */
  async get(id: string): Promise<StampedRow | undefined> {
    return this.#rows.get(id)
  }

  async insert(row: TableRow, { now }: CallOptions): Promise<boolean> {
    if (this.#rows.has(row.head.id)) return false
    this.#lastSerial += 1
    this.#put(new ResidentRow(this, this.#lastSerial, row), undefined, now)
    return true
  }

  async replace(row: TableRow, stamp: unknown, { now }: CallOptions): Promise<boolean> {
    const present = this.#rows.get(row.head.id)
    if (!present || present !== stamp) return false
    this.#put(new ResidentRow(this, present.serial, row), present, now)
    return true
  }

  async remove(id: string, stamp: unknown): Promise<boolean> {
    const isPresent = this.#rows.has(id) && this.#rows.get(id) === stamp
    if (isPresent) this.forget(id)
    return isPresent
  }

  async due({ now, limit }: CallOptions & { readonly limit: number }): Promise<readonly StampedRow[]> {
    const due: { readonly at: EpochMs; readonly resident: ResidentRow }[] = []
    for (const resident of this.#rows.values()) {
      const at = resident.row.due
      if (at !== null && at <= now) due.push({ at, resident })
    }
    return due
      .sort((a, b) => a.at - b.at)
      .slice(0, limit)
      .map(({ resident }) => resident)
  }

  /** Lists rows; the cursor is the serial of the last row returned. */
  async rows({ limit, cursor, principal }: RowsQuery): Promise<RowsPage> {
    const rows: TableRow[] = []
    let last = Number(cursor ?? 0)
    for (const { row, serial } of principal === undefined ? this.#rows.values() : this.#of(principal)) {
      if (serial <= last) continue
      if (rows.length === limit) return { rows, cursor: String(last) }
      rows.push(row)
      last = serial
    }
    return { rows }
  }

  /** Removes the row: it is evicted or settled. */
  forget(id: string): void {
    const present = this.#rows.get(id)
    if (!present) return
    this.#rows.delete(id)
    this.#moveOwner(present, undefined)
    this.#residents.release(present)
  }

  /** Stores a row. Throws STORAGE_FULL and changes nothing if it can never fit. */
  #put(resident: ResidentRow, predecessor: ResidentRow | undefined, now: EpochMs): void {
    this.#residents.hold(resident, sizeOf(resident.row.attributes), now, predecessor)
    this.#rows.set(resident.id, resident)
    this.#moveOwner(predecessor, resident)
  }

  #moveOwner(before: ResidentRow | undefined, after: ResidentRow | undefined): void {
    const from = before?.row.head.principal ?? null
    const to = after?.row.head.principal ?? null
    if (before && from !== null) this.#leave(from, before.id)
    if (after && to !== null) this.#byPrincipal.set(to, (this.#byPrincipal.get(to) ?? new Map()).set(after.id, after))
  }

  #leave(principal: string, id: string): void {
    const owned = this.#byPrincipal.get(principal)
    owned?.delete(id)
    if (owned?.size === 0) this.#byPrincipal.delete(principal)
  }

  /** The rows of a principal in the order of creation. */
  #of(principal: string): readonly ResidentRow[] {
    return [...(this.#byPrincipal.get(principal)?.values() ?? [])].sort((a, b) => a.serial - b.serial)
  }
}
