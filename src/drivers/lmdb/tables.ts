import type { Database, RootDatabase } from 'lmdb'
import type { KeyRange } from './keys.js'

export type Table<Value> = Database<Value, Buffer>

export interface Tables {
  /** Each record's entry, followed by one entry per attribute, so that a change of one attribute writes little else. */
  readonly records: Table<Uint8Array>
  /** The queue of due times: records in the order in which to check whether they are due. */
  readonly due: Table<Uint8Array>
  /** Records by principal. */
  readonly principals: Table<Uint8Array>
  /** The number of records of each space that are neither ended nor claimed. */
  readonly counts: Table<number>
  readonly objects: Table<Uint8Array>
  /** Objects in the order in which they expire. */
  readonly expiries: Table<Uint8Array>
}

const json = { encoding: 'json', keyEncoding: 'binary' } as const
const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

export const openTables = (root: RootDatabase): Tables => ({
  records: root.openDB('records', binary),
  due: root.openDB('due', binary),
  principals: root.openDB('principals', binary),
  counts: root.openDB('counts', json),
  objects: root.openDB('objects', binary),
  expiries: root.openDB('expiries', binary),
})

/** The keys of a range as a list, because no entry may be removed while a cursor is open on the range. */
export const keysIn = (table: Table<Uint8Array>, range: KeyRange & { readonly limit?: number }): readonly Buffer[] => [
  ...table.getKeys(range),
]

interface PageCounts {
  readonly pageSize: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
}

/** The bytes of all pages in use, as the current transaction sees them. */
export function bytesInUse(tables: Tables): number {
  const sizes = Object.values(tables).map((table: Table<unknown>) => {
    const pages = table.getStats() as PageCounts
    return pages.pageSize * (pages.treeBranchPageCount + pages.treeLeafPageCount + pages.overflowPages)
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}
