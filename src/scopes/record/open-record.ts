import type { EpochMs, RecordHead, RecordUpdate } from '../../storage/contract.js'
import type { Attributes } from '../attributes/attributes.js'
import type { Delta } from '../attributes/delta.js'

/** A change of the record itself, applied in the same step as the attributes it is committed with. */
export type HeadChange = Pick<
  RecordUpdate,
  'life' | 'reseal' | 'principal' | 'ending' | 'lockToken' | 'ifVersion' | 'clear' | 'dropIfEmpty'
>

/**
 * `dropped`: nothing was left, so the record went. `missing`: it had ended, nothing was saved. `conflict`, `resealed`,
 * `unlocked`: refused, nothing was saved.
 */
export type CommitOutcome = 'saved' | 'unchanged' | 'dropped' | 'missing' | 'conflict' | 'resealed' | 'unlocked'

/** One record as one request works on it. */
export interface OpenRecord {
  readonly id: string
  readonly seal: string
  /** Made when it is asked for. */
  readonly head: RecordHead
  readonly attributes: Attributes
  /** In the store, or (memory-first) on its way there. */
  readonly stored: boolean
  /** The access before this one. */
  readonly lastVisit: EpochMs
  /** When the store, in this request, confirmed the seal: the access before as the store knew it. */
  readonly confirmedSince?: EpochMs
  /** `delta` is what `attributes.delta()` gave. Without `change` and with an empty delta it costs nothing. */
  commit(delta: Delta, change?: HeadChange): Promise<CommitOutcome>
  /**
   * Adds to a number, at once and whatever others do meanwhile; undefined when the record has ended. To be called with
   * nothing uncommitted. Throws TypeError when the attribute is something else, SCOPE_CHANGED when others never stop.
   */
  increment(name: string, by: number): Promise<number | undefined>
  /** Forgets uncommitted changes. Values handed out before are detached. */
  discard(): void
  /** As `discard`, and takes what the store holds now; false when the record has ended. */
  reload(): Promise<boolean>
  /** The request is over. */
  release(): void
}
