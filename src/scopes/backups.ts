import type { SaveResult } from '../storage/contract.js'
import { newHead, updatedHead } from '../storage/record.js'
import { type Delta, emptyDelta, isEmpty, mergeInto } from './delta.js'
import type { ScopeEnvironment } from './environment.js'
import type { LiveRecord } from './live-record.js'
import type { LiveRecords } from './live-records.js'
import type { CommitOutcome, HeadChange } from './open-record.js'
import { creation, hasChange, refusal, update } from './record-change.js'
import { Retries } from './retries.js'
import type { Values } from './values.js'

/** How many records a flush saves at a time. */
const flushWidth = 200

/** A change that counts only if the store accepts it: the head's, with the attributes changed on these values. */
export interface Proposal {
  readonly change: HeadChange
  readonly delta: Delta
  readonly values: Values
}

/** Brings the records of a memory-first scope to the store: as their requests end, after an outage, and at shutdown. */
export class Backups {
  readonly #environment: ScopeEnvironment
  readonly #records: LiveRecords
  readonly #retries: Retries

  constructor(environment: ScopeEnvironment, records: LiveRecords) {
    this.#environment = environment
    this.#records = records
    this.#retries = new Retries(environment, () => this.flush())
  }

  /** Saves what the record owes, waiting for it or not as the configuration says. */
  async backUp(live: LiveRecord): Promise<CommitOutcome> {
    const { backup, whenUnavailable } = this.#environment.config
    if (backup === 'behind') {
      void this.#tryToSave(live)
      return 'saved'
    }
    try {
      const outcome = await this.save(live)
      return outcome === 'unchanged' ? 'saved' : outcome
    } catch (error) {
      this.#retries.failed(error)
      if (whenUnavailable === 'fail') throw error
      return 'saved'
    }
  }

  /** Saves what the record owes, together with the proposal. Throws when the store cannot be reached; then nothing is lost. */
  save(live: LiveRecord, proposal?: Proposal): Promise<CommitOutcome> {
    return live.turns.run(() => this.#save(live, proposal)).finally(() => this.#records.place(live))
  }

  /** Saves everything that is owed; returns how many records could not be saved. */
  async flush(): Promise<number> {
    const unsaved = this.#records.unsaved()
    let failed = 0
    for (let start = 0; start < unsaved.length; start += flushWidth) {
      const outcomes = await Promise.all(unsaved.slice(start, start + flushWidth).map((live) => this.#tryToSave(live)))
      failed += outcomes.filter((saved) => !saved).length
    }
    return failed
  }

  stop(): void {
    this.#retries.stop()
  }

  async #save(live: LiveRecord, proposal: Proposal | undefined): Promise<CommitOutcome> {
    if (live.gone) return 'missing'
    const debt = live.take()
    const change = proposal?.change ?? {}
    const delta = emptyDelta()
    mergeInto(delta, debt.delta)
    if (proposal) mergeInto(delta, proposal.delta)
    if (live.stored && isEmpty(delta) && !hasChange(change)) {
      live.giveBack(debt)
      return 'unchanged'
    }
    const result = await this.#send(live, delta, debt.hits, change).catch((error) => {
      live.giveBack(debt)
      throw error
    })
    if (result.status === 'saved') {
      if (proposal) live.accept(proposal.delta, proposal.values)
      return result.dropped ? 'dropped' : 'saved'
    }
    if (result.status === 'missing') live.gone = true
    else live.giveBack(debt)
    return refusal(result)
  }

  #send(live: LiveRecord, delta: Delta, hits: number, change: HeadChange): Promise<SaveResult> {
    return live.stored ? this.#update(live, delta, hits, change) : this.#create(live, delta, hits, change)
  }

  async #create(live: LiveRecord, delta: Delta, hits: number, change: HeadChange): Promise<SaveResult> {
    const { clock, space } = this.#environment
    const now = clock.now()
    const create = creation(live.head, delta, change, { touchedAt: live.touchedAt, hits: live.head.hits + hits })
    const result = await space.save(create, { now })
    if (result.status !== 'saved' && result.status !== 'exists') return result
    live.stored = true
    if (result.status === 'saved') live.head = newHead(create, now)
    // Nobody else makes this id: an earlier attempt, whose answer did not come, has stored the record.
    return result.status === 'exists' ? this.#update(live, delta, hits, change) : result
  }

  async #update(live: LiveRecord, delta: Delta, hits: number, change: HeadChange): Promise<SaveResult> {
    const { clock, keepsEmpty, newVersion, space } = this.#environment
    const now = clock.now()
    const mayDrop = !keepsEmpty && live.isEmpty && live.users <= 1
    const touch = { touchedAt: live.touchedAt, hits }
    const changes = { ...update(live.id, newVersion(), delta, change, mayDrop), touch }
    const result = await space.save(changes, { now })
    if (result.status === 'saved') {
      live.stale ||= result.previous !== live.head.version
      live.head = updatedHead(live.head, changes, now)
      live.gone = result.dropped === true || change.ending !== undefined
    }
    return result
  }

  async #tryToSave(live: LiveRecord): Promise<boolean> {
    const { emit, kind: scope } = this.#environment
    try {
      if ((await this.save(live)) === 'missing') emit('scope:lost', { scope, id: live.id })
      return true
    } catch (error) {
      this.#retries.failed(error)
      return false
    }
  }
}
