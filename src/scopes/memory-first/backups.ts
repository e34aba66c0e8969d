import { isScopesError } from '../../errors/scopes-error.js'
import type { SaveResult } from '../../storage/contract.js'
import { newHead, updatedHead } from '../../storage/record.js'
import { type Delta, emptyDelta, isEmpty, mergeInto } from '../attributes/delta.js'
import type { Values } from '../attributes/values.js'
import type { ScopeEnvironment } from '../environment.js'
import { reportLost } from '../record/lost.js'
import type { CommitOutcome, HeadChange } from '../record/open-record.js'
import { cleared, creation, hasChange, refusal, update } from '../record/record-change.js'
import type { Backlog } from '../record/strategy.js'
import type { Debt } from './debt.js'
import type { LiveRecord } from './live-record.js'
import type { LiveRecords } from './live-records.js'
import { Retries } from './retries.js'

/** How many records a flush saves at a time. */
const flushWidth = 200

/** A change that counts only if the store accepts it: the head's, with the attributes changed on these values. */
export interface Proposal {
  readonly change: HeadChange
  readonly delta: Delta
  readonly values: Values
}

interface Occasion {
  /** One of the record's requests waits for the outcome, and tells of it when the record is lost. */
  readonly isAwaited: boolean
  readonly proposal?: Proposal
}

/** What one save tells the store. */
interface Parcel {
  readonly change: HeadChange
  readonly delta: Delta
  readonly hits: number
}

/** Brings the records of a memory-first scope to the store: as their requests end, after an outage, and at shutdown. */
export class Backups implements Backlog {
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
    const { backup, whenUnavailable } = this.#environment.settings
    if (backup === 'behind') {
      void this.#tryToSave(live)
      return 'saved'
    }
    try {
      const outcome = await this.#inTurn(live, { isAwaited: true })
      return outcome === 'unchanged' ? 'saved' : outcome
    } catch (error) {
      this.#retries.failed(error)
      if (whenUnavailable === 'fail') throw error
      return 'saved'
    }
  }

  /** Saves what the record owes. Throws when the store cannot be reached; then nothing is lost. */
  save(live: LiveRecord): Promise<CommitOutcome> {
    return this.#inTurn(live, { isAwaited: false })
  }

  /** As `save`, together with the proposal. */
  async propose(live: LiveRecord, proposal: Proposal): Promise<CommitOutcome> {
    live.proposals += 1
    try {
      return await this.#inTurn(live, { isAwaited: true, proposal })
    } finally {
      live.proposals -= 1
    }
  }

  get unsaved(): number {
    return this.#records.unsaved().length
  }

  async flush(): Promise<number> {
    const unsaved = this.#records.unsaved()
    let failed = 0
    for (let start = 0; start < unsaved.length; start += flushWidth) {
      const outcomes = await Promise.all(unsaved.slice(start, start + flushWidth).map((live) => this.#tryToSave(live)))
      failed += outcomes.filter((saved) => !saved).length
    }
    return failed
  }

  async catchUp(): Promise<boolean> {
    const [probe] = this.#retries.isPending ? this.#records.unsaved() : []
    if (probe && !(await this.#tryToSave(probe))) return false
    return (await this.flush()) === 0
  }

  stop(): void {
    this.#retries.stop()
  }

  async #inTurn(live: LiveRecord, occasion: Occasion): Promise<CommitOutcome> {
    try {
      return await live.turns.run(() => this.#save(live, occasion))
    } finally {
      this.#records.place(live)
    }
  }

  async #save(live: LiveRecord, { isAwaited, proposal }: Occasion): Promise<CommitOutcome> {
    if (live.gone) return isAwaited ? 'missing' : 'unchanged' // whoever found out has told of it
    if (live.orphaned) return proposal ? 'missing' : 'unchanged'
    if (live.doubt) await this.#settle(live, live.doubt)
    const debt = live.take()
    const change = proposal?.change ?? {}
    const all = emptyDelta()
    mergeInto(all, debt.delta)
    if (proposal) mergeInto(all, proposal.delta)
    const delta = cleared(all, change, live.encoded.keys())
    if (live.stored && isEmpty(delta) && !hasChange(change)) {
      live.giveBack(debt)
      return 'unchanged'
    }
    live.saving = true
    const result = await this.#send(live, { change, delta, hits: debt.hits })
      .catch((error) => {
        if (isScopesError(error, 'SAVE_UNCERTAIN')) live.doubt = debt
        else live.giveBack(debt)
        throw error
      })
      .finally(() => {
        live.saving = false
      })
    if (result.status === 'saved') {
      if (proposal) live.accept(change.clear ? delta : proposal.delta, proposal.values)
      return result.dropped ? 'dropped' : 'saved'
    }
    if (result.status === 'missing') live.part(this.#environment.clock.now())
    if (!live.gone) live.giveBack(debt)
    return live.orphaned && !proposal ? 'saved' : refusal(result)
  }

  /** A vacant record is not there to be loaded, and takes changes all the same. */
  async #settle(live: LiveRecord, doubt: Debt): Promise<void> {
    const { clock, space } = this.#environment
    const result = await space.load(live.id, { now: clock.now() })
    live.doubt = undefined
    if (result.status === 'loaded') live.settle(doubt, result.record)
    else live.giveBack(doubt)
  }

  #send(live: LiveRecord, parcel: Parcel): Promise<SaveResult> {
    return live.stored ? this.#update(live, parcel) : this.#create(live, parcel)
  }

  async #create(live: LiveRecord, parcel: Parcel): Promise<SaveResult> {
    const { clock, space } = this.#environment
    const { change, delta, hits } = parcel
    const now = clock.now()
    const create = creation(live.head, delta, change, { touchedAt: live.touchedAt, hits: live.head.hits + hits })
    const result = await space.save(create, { now })
    if (result.status !== 'saved' && result.status !== 'exists') return result
    live.stored = true
    if (result.status === 'saved') live.head = newHead(create, now)
    // Nobody else makes this id: an earlier attempt, whose answer did not come, has stored the record.
    const isComplete = result.status === 'saved' && change.ending === undefined
    return isComplete ? result : this.#update(live, parcel)
  }

  async #update(live: LiveRecord, { change, delta, hits }: Parcel): Promise<SaveResult> {
    const { clock, keepsEmpty, newVersion, space } = this.#environment
    const now = clock.now()
    const touch = { touchedAt: live.touchedAt, hits }
    const changes = { touch, ...update(live.id, newVersion(), delta, change, !keepsEmpty) }
    const result = await space.save(changes, { now, held: live.head.version })
    if (result.status === 'saved') {
      live.vacant = result.dropped === true
      live.stale ||= live.vacant || result.previous !== live.head.version
      live.head = updatedHead(live.head, changes, now)
      live.gone ||= change.ending !== undefined
    }
    return result
  }

  async #tryToSave(live: LiveRecord): Promise<boolean> {
    try {
      if ((await this.save(live)) === 'missing') reportLost(this.#environment, live.id)
      return true
    } catch (error) {
      this.#retries.failed(error)
      return false
    }
  }
}
