import type { Database, RootDatabase } from 'lmdb'
import type { EpochMs, RecordHead } from '../../storage/contract.js'
import type { KeyRange } from './keys.js'

/** A record without its attributes. */
export interface RecordEntry {
  readonly head: RecordHead
  /** From when on it may be claimed, again if it has been; null: not at all. */
  readonly due: EpochMs | null
  /** The last claim, lapsed or not; `attempt` counts them. */
  readonly claim?: { readonly token: string; readonly attempt: number }
}

export interface LockEntry {
  readonly token: string
  readonly until: EpochMs
}

export type Table<Value> = Database<Value, Buffer>

export interface Tables {
  readonly records: Table<RecordEntry>
  /** One entry for each, so that a change of one writes only that one. */
  readonly attributes: Table<Uint8Array>
  /** Records in the order they fall due. The value tells those that are live until then: not ended, not claimed. */
  readonly due: Table<Uint8Array>
  /** Records by principal. */
  readonly principals: Table<Uint8Array>
  /** How many records of each space nobody has ended or claimed. */
  readonly counts: Table<number>
  readonly locks: Table<LockEntry>
  readonly objects: Table<Uint8Array>
  /** Objects in the order they expire. */
  readonly expiries: Table<Uint8Array>
}

const json = { encoding: 'json', keyEncoding: 'binary' } as const
const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

export const openTables = (root: RootDatabase): Tables => ({
  records: root.openDB('records', json),
  attributes: root.openDB('attributes', binary),
  due: root.openDB('due', binary),
  principals: root.openDB('principals', binary),
  counts: root.openDB('counts', json),
  locks: root.openDB('locks', json),
  objects: root.openDB('objects', binary),
  expiries: root.openDB('expiries', binary),
})

/** The keys of a range as a list, because nothing may be removed from under an open cursor. */
export const keysIn = (table: Table<Uint8Array>, range: KeyRange & { readonly limit?: number }): readonly Buffer[] => [
  ...table.getKeys(range),
]

interface PageCounts {
  readonly pageSize: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
}

/** Bytes of the pages that hold something, as the transaction at hand sees them. */
export function bytesInUse(tables: Tables): number {
  const sizes = Object.values(tables).map((table: Table<unknown>) => {
    const pages = table.getStats() as PageCounts
    return pages.pageSize * (pages.treeBranchPageCount + pages.treeLeafPageCount + pages.overflowPages)
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}
