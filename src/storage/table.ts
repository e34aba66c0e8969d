/*
 * The contract of a store that can only compare and set. `space-on-table.ts` makes a complete space of it. Types only.
 */
import type { CallOptions, ChangeListener } from './contract.js'
import type { Row } from './steps.js'

/** A record with its attributes, stored by a table as a whole. */
export interface TableRow extends Row {
  readonly attributes: ReadonlyMap<string, Uint8Array>
}

/** Identifies one state of a row among all it has had: a number that grows, a hash, the stored bytes themselves. */
export type Stamp = unknown

export interface StampedRow {
  readonly row: TableRow
  readonly stamp: Stamp
}

export interface RowsQuery extends CallOptions {
  /** At most this many rows per page; from 1. */
  readonly limit: number
  /** The cursor of the page before. */
  readonly cursor?: string
  /** Returns only rows whose head has this principal; a table without an index may return others too. */
  readonly principal?: string
}

/** A row that exists throughout a listing appears in it exactly once. A page without a cursor is the last. */
export interface RowsPage {
  readonly rows: readonly TableRow[]
  readonly cursor?: string
}

/**
 * The rows of one space, named by `row.head.id`. A `get` sees every change that was acknowledged before it was called, in
 * any process or node. `insert`, `replace` and `remove` apply in one step or not at all. They resolve with false, and
 * change nothing, if the row is not in the state that the caller expects.
 */
export interface Table {
  get(id: string, options: CallOptions): Promise<StampedRow | undefined>
  /** False if there is a row of this id. */
  insert(row: TableRow, options: CallOptions): Promise<boolean>
  /** False unless the row still has this stamp. */
  replace(row: TableRow, stamp: Stamp, options: CallOptions): Promise<boolean>
  /** False unless the row still has this stamp. */
  remove(id: string, stamp: Stamp, options: CallOptions): Promise<boolean>
  /** Rows with `due <= now`, those due longest first in the result; an empty result only if no row is due. */
  due(options: CallOptions & { readonly limit: number }): Promise<readonly StampedRow[]>
  rows(query: RowsQuery): Promise<RowsPage>
  /** As `Space.watch`, if the store reports changes. */
  watch?(listener: ChangeListener): Promise<() => Promise<void>>
}
