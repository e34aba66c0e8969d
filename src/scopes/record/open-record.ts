import type { EpochMs, Life, RecordHead, RecordUpdate } from '../../storage/contract.js'
import type { Attributes } from '../attributes/attributes.js'
import type { Delta } from '../attributes/delta.js'
import type { Credential } from './credential.js'

/** A change of the record itself, applied in the same step as the attributes that it is committed with. */
export type HeadChange = Pick<
  RecordUpdate,
  'life' | 'reseal' | 'principal' | 'description' | 'ending' | 'lockToken' | 'ifVersion' | 'clear' | 'dropIfEmpty'
>

/**
 * The outcome of a commit. `dropped`: no attribute was left, so the record is vacant. `missing`: the record had ended.
 * `conflict`, `resealed`, `unlocked`: the store refused the change. With the last four, nothing was saved.
 */
export type CommitOutcome = 'saved' | 'unchanged' | 'dropped' | 'missing' | 'conflict' | 'resealed' | 'unlocked'

/** A record that one request works on. */
export interface OpenRecord {
  readonly id: string
  readonly seal: string
  /** The head, created at each read. */
  readonly head: RecordHead
  /** The limits of its life, as in the head, at less cost. */
  readonly life: Life
  readonly attributes: Attributes
  /** Whether the record is in the store or, in memory-first mode, on its way there. */
  readonly stored: boolean
  /** The access before this one. */
  readonly lastVisit: EpochMs
  /** Present if the store confirmed the seal in this request: the time of the access before, as the store knew it. */
  readonly confirmedSince?: EpochMs
  /** Only of a sealed record: the credential that holds it as it was last sealed; each save makes another one. */
  readonly sealedAs?: Credential | undefined
  /** Only of a sealed record: it is to be committed also if nothing has changed, so that its visitor gets a fresh credential. */
  readonly isRenewalDue?: boolean
  /** Saves `delta`, the result of `attributes.delta()`, with `change`. An empty delta without `change` costs nothing. */
  commit(delta: Delta, change?: HeadChange): Promise<CommitOutcome>
  /**
   * Adds to a number and saves the sum at once; no parallel increment is lost. undefined if the record has ended. Must not
   * be called with uncommitted changes. Throws TypeError if the attribute is not a number, SCOPE_TOO_LARGE, SCOPE_CHANGED after 100 tries.
   */
  increment(name: string, by: number): Promise<number | undefined>
  /** Only of a sealed record: throws if this life is longer than it may become. */
  checkLife?(life: Partial<Life>): void
  /** Stores the record at its next commit even if it has no attributes. */
  keep(): void
  /** Discards uncommitted changes. Values returned before are detached. */
  discard(): void
  /** Same as `discard`, and reads the record from the store again. False if the record has ended. */
  reload(): Promise<boolean>
  /**
   * Called after `onSessionStart`, which has begun the record: if nothing else is written, it lives for `firstTimeout`. Absent
   * if there is no such time.
   */
  greeted?(): void
  /** Called when the request makes no further change; it may still read. Called again, it does nothing. */
  release(): void
}
