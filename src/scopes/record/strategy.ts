import type { ChangeListener, EpochMs } from '../../storage/contract.js'
import type { Credential } from './credential.js'
import type { OpenRecord } from './open-record.js'

export type OpenResult =
  | { readonly status: 'missing' }
  | { readonly status: 'refused'; readonly sealedAt: EpochMs }
  /** `credential`: the record goes on under another id, and this opens it from now on. */
  | { readonly status: 'opened'; readonly record: OpenRecord; readonly credential?: Credential }

/** How records get from the store to requests and back: `cluster: true` and `cluster: false` differ in this and nowhere else. */
export interface Strategy extends ChangeListener {
  /** Without a seal it is no visitor's access: nothing is compared and nothing touched. */
  open(id: string, seal?: string): Promise<OpenResult>
  /** A record that is stored by its first commit that has something to store. */
  create(credential: Credential): OpenRecord
  /** The idle time as stored, which may carry a slack, and back. null: never. */
  storedIdle(timeoutMs: number | null): number | null
  timeoutOf(storedIdleMs: number | null): number | null
  /** Lets go of a record that another path has ended. */
  forget(id: string): void
  /** Present if commits can be acknowledged before the store has them. */
  readonly backlog?: Backlog
}

/** What a node still has to bring to the store. */
export interface Backlog {
  /** How many records hold something that is not yet in the store. */
  readonly unsaved: number
  /** Saves all of it; returns how many records could not be saved. */
  flush(): Promise<number>
  /** As `flush`, but while the store is unavailable one record probes it for all. True when nothing is left to save. */
  catchUp(): Promise<boolean>
  /** Stops timers; nothing is saved any more. */
  stop(): void
}
