import { isScopesError } from '../../errors/scopes-error.js'
import type { SaveResult } from '../../storage/contract.js'
import { newHead } from '../../storage/record.js'
import { type Delta, merged } from '../attributes/delta.js'
import type { Values } from '../attributes/values.js'
import type { ScopeEnvironment } from '../environment.js'
import type { CommitOutcome, HeadChange } from '../record/open-record.js'
import { cleared, creation, refusal, update } from '../record/record-change.js'
import type { LiveRecord } from './live-record.js'
import type { Saved } from './standing.js'

/** A change that counts only if the store accepts it: the head's, with the attributes changed on these values. */
export interface Proposal {
  readonly change: HeadChange
  readonly delta: Delta
  readonly values: Values
}

/** What one save sends to the store. */
interface Parcel {
  readonly change: HeadChange
  readonly delta: Delta
  readonly hits: number
}

/** Single saves of live records, each in its record's turn. */
export class Saves {
  readonly #environment: ScopeEnvironment

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
  }

  /**
   * Saves what the record owes. `isAwaited`: one of its requests waits for the outcome, and reports it if the record is
   * lost. Throws when the store is unavailable; then nothing is lost.
   */
  save(live: LiveRecord, isAwaited: boolean): Promise<CommitOutcome> {
    return live.conversations.run(() => this.#save(live, isAwaited))
  }

  /** As `save`, together with the proposal. */
  propose(live: LiveRecord, proposal: Proposal): Promise<CommitOutcome> {
    return live.conversations.propose(() => this.#propose(live, proposal))
  }

  async #save(live: LiveRecord, isAwaited: boolean): Promise<CommitOutcome> {
    if (live.isInDoubt) await this.#resolveDoubt(live)
    if (live.is('gone')) return isAwaited ? 'missing' : 'unchanged' // its end was reported when it was found
    if (live.is('orphaned') || !live.isUnsaved) return 'unchanged'
    const { delta, hits } = live.sent()
    const result = await this.#send(live, { change: {}, delta, hits })
    if (result.status === 'saved') {
      live.saved()
      return outcomeOf(result)
    }
    this.#refused(live, result)
    return live.is('orphaned') ? 'saved' : refusal(result)
  }

  async #propose(live: LiveRecord, { change, delta, values }: Proposal): Promise<CommitOutcome> {
    if (live.isInDoubt) await this.#resolveDoubt(live)
    if (live.is('gone') || live.is('orphaned')) return 'missing'
    const debt = live.sent()
    const all = cleared(merged(debt.delta, delta), change, live.values.encoded.keys())
    const result = await this.#send(live, { change, delta: all, hits: debt.hits })
    if (result.status === 'saved') {
      live.accepted(change.clear ? all : delta, values)
      return outcomeOf(result)
    }
    this.#refused(live, result)
    return refusal(result)
  }

  /** A vacant record is missing to a load, and takes changes all the same. */
  async #resolveDoubt(live: LiveRecord): Promise<void> {
    const { clock, space } = this.#environment
    const result = await space.load(live.id, { now: clock.now() })
    if (result.status === 'loaded') live.found(result.record)
    else live.refused()
  }

  async #send(live: LiveRecord, parcel: Parcel): Promise<SaveResult> {
    try {
      return await (live.is('new') ? this.#create(live, parcel) : this.#update(live, parcel))
    } catch (error) {
      if (isScopesError(error, 'SAVE_UNCERTAIN')) live.unanswered()
      else live.refused()
      throw error
    }
  }

  /** As of the time at which the record began here, so that `timeCreated` and `lifetime` stay what requests have seen. */
  async #create(live: LiveRecord, parcel: Parcel): Promise<SaveResult> {
    const { space } = this.#environment
    const { change, delta, hits } = parcel
    const { createdAt: now } = live.head
    const create = creation(live.head, delta, change, { touchedAt: live.touchedAt, hits: live.head.hits + hits })
    const result = await space.save(create, { now })
    if (result.status !== 'saved' && result.status !== 'exists') return result
    live.created(result.status === 'saved' ? newHead(create, now) : live.head)
    // No other node makes this id: an earlier attempt, whose answer was lost, has stored the record.
    const isComplete = result.status === 'saved' && change.ending === undefined
    return isComplete ? result : this.#update(live, parcel)
  }

  async #update(live: LiveRecord, { change, delta, hits }: Parcel): Promise<SaveResult> {
    const { clock, keepsEmpty, newVersion, space } = this.#environment
    const now = clock.now()
    const touch = { touchedAt: live.touchedAt, hits }
    const changes = { touch, ...update(live.id, newVersion(), delta, change, !keepsEmpty) }
    const result = await space.save(changes, { now, held: live.head.version })
    if (result.status === 'saved') live.updated(changes, result, now)
    return result
  }

  #refused(live: LiveRecord, { status }: SaveResult): void {
    live.refused()
    if (status === 'missing') live.parted(this.#environment.clock.now())
  }
}

const outcomeOf = ({ dropped }: Saved): CommitOutcome => (dropped ? 'dropped' : 'saved')
