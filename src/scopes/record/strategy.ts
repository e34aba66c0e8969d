import type { ChangeListener } from '../../storage/contract.js'
import type { Credential } from './credential.js'
import type { OpenRecord } from './open-record.js'
import type { StoredIdle } from './stored-idle.js'

export type OpenResult =
  | { readonly status: 'missing' }
  /** `replaced`: what the record's head says of the seals before. */
  | { readonly status: 'refused'; readonly replaced: string | null }
  /** `credential`: the record continues under a new id, and this credential opens it from now on. */
  | { readonly status: 'opened'; readonly record: OpenRecord; readonly credential?: Credential }

/**
 * The way of records from where they are kept to requests and back. `cluster: true`, `cluster: false` and sealed cookies
 * differ only in this.
 */
export interface Strategy extends Partial<ChangeListener> {
  /** Present if a credential holds the record itself: its secret is the sealed text, and takes the place of the seal. */
  readonly sealed?: true
  /**
   * Opens a record. With a seal it is a visitor's access. Without one no seal is compared, and it is an access only if
   * `isAccess`: of a live connection, whose visitor was identified when it was opened. Only an access touches the record.
   */
  open(id: string, seal?: string, isAccess?: boolean): Promise<OpenResult>
  /** Present if records live in this node's memory: opens one that nothing has to be asked about. undefined: `open` does. */
  openHeld?(id: string, seal: string): OpenRecord | undefined
  /** Creates a record, which is stored by its first commit that has something to store. */
  create(credential: Credential): OpenRecord
  readonly idle: StoredIdle
  /** Drops a record that was ended elsewhere from this node's memory. Absent if nothing is held there. */
  forget?(id: string): void
  /** Present if commits can be acknowledged before the store has them. */
  readonly backlog?: Backlog
}

/** The changes that a node has not yet saved to the store. */
export interface Backlog {
  /** The number of records with unsaved changes. */
  readonly unsaved: number
  /** Whether this record has unsaved changes, so that the store may not have it yet. */
  owes(id: string): boolean
  /** Saves what this record owes, so that the store can be asked about it. Throws when the store is unavailable. */
  saveOwed(id: string): Promise<void>
  /** Saves all of them. Returns how many records could not be saved. */
  flush(): Promise<number>
  /** Same as `flush`, but while the store is unavailable only one record is tried. True if nothing is left to save. */
  catchUp(): Promise<boolean>
  /** Accepts no further changes: commits throw CONTAINER_CLOSED. What was accepted before can still be flushed. */
  close(): void
  /** Stops the timers. After this, no change is saved. */
  stop(): void
}
