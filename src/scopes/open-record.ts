import type { ChangeListener, EpochMs, Life, RecordHead, Version } from '../storage/contract.js'
import type { Attributes } from './attributes.js'
import type { Credential } from './credential.js'
import type { Delta } from './delta.js'

/** A change of the record itself, applied in the same step as the attributes it is committed with. */
export interface HeadChange {
  readonly life?: Partial<Life>
  readonly reseal?: { readonly from: string; readonly to: string }
  readonly principal?: string | null
  readonly ending?: string
  readonly lockToken?: string
  /** Only if nobody has changed the record since. */
  readonly ifVersion?: Version
  /** Removes all attributes but these, whoever wrote them. */
  readonly clear?: { readonly except: readonly string[] }
}

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

export type OpenResult =
  | { readonly status: 'missing' }
  | { readonly status: 'refused'; readonly sealedAt: EpochMs }
  /** `credential`: the record goes on under another id, and the visitor needs a new cookie. */
  | { readonly status: 'opened'; readonly record: OpenRecord; readonly credential?: Credential }

/** How records get from the store to requests and back: `cluster: true` and `cluster: false` differ in this and nowhere else. */
export interface Strategy extends ChangeListener {
  /** Without a seal: not a visitor's access, so nothing is compared and nothing touched. */
  open(id: string, seal?: string): Promise<OpenResult>
  /** A record that is stored by its first commit that has something to store. */
  create(credential: Credential): OpenRecord
  /** The idle time as stored, which may carry a slack, and back. null: never. */
  storedIdle(timeoutMs: number | null): number | null
  timeoutOf(storedIdleMs: number | null): number | null
  /** How many records hold something that is not yet in the store. */
  readonly unsaved: number
  /** Brings everything this node has not yet saved to the store; returns how many records it could not save. */
  flush(): Promise<number>
  /** Before this node ends anything: true when it owes the store nothing. */
  catchUp(): Promise<boolean>
  /** Another path has ended this record. */
  forget(id: string): void
  /** Stops timers; nothing is saved any more. */
  stop(): void
}
