import { ScopesError } from '../../errors/scopes-error.js'
import { systemClock } from '../../support/steady-clock.js'
import type { ScopeEnvironment } from '../environment.js'
import { reportLost } from '../record/lost.js'
import type { CommitOutcome } from '../record/open-record.js'
import type { Backlog } from '../record/strategy.js'
import { Gathering } from './gathering.js'
import type { LiveRecord } from './live-record.js'
import type { LiveRecords } from './live-records.js'
import { Retries } from './retries.js'
import { type Proposal, Saves } from './saves.js'

/** How many records a flush saves at a time. */
const flushWidth = 200

/** Brings the records of a memory-first scope to the store: as their requests end, after an outage, and at shutdown. */
export class Backups implements Backlog {
  readonly #environment: ScopeEnvironment
  readonly #records: LiveRecords
  readonly #saves: Saves
  readonly #retries: Retries
  readonly #leftBehind: Gathering
  #isClosed = false

  constructor(environment: ScopeEnvironment, records: LiveRecords) {
    this.#environment = environment
    this.#records = records
    this.#saves = new Saves(environment)
    this.#retries = new Retries(environment, () => this.flush())
    this.#leftBehind = new Gathering(systemClock, (live) => void this.#tryToSave(live))
  }

  /** Saves what the record owes, waiting for it or not as the configuration says. */
  async backUp(live: LiveRecord): Promise<CommitOutcome> {
    const { backup, whenUnavailable } = this.#environment.settings
    if (backup === 'behind') {
      this.saveBehind(live)
      return 'saved'
    }
    try {
      const outcome = await this.#saves.save(live, true)
      return outcome === 'unchanged' ? 'saved' : outcome
    } catch (error) {
      this.#retries.failed(error)
      if (whenUnavailable === 'fail') throw error
      return 'saved'
    }
  }

  /** Saves what the record owes. Throws when the store is unavailable; then nothing is lost. */
  save(live: LiveRecord): Promise<CommitOutcome> {
    return this.#saves.save(live, false)
  }

  /** As `save`, for callers of whom none waits for the outcome: that the record is lost is reported. */
  async saveReporting(live: LiveRecord): Promise<void> {
    if ((await this.save(live)) === 'missing') reportLost(this.#environment, live.id)
  }

  /** As `save`, within milliseconds and without waiting for it. What fails is tried again. */
  saveBehind(live: LiveRecord): void {
    this.#leftBehind.add(live)
  }

  /** As `save`, together with a change that counts only if the store accepts it. */
  async propose(live: LiveRecord, proposal: Proposal): Promise<CommitOutcome> {
    this.assertOpen()
    return this.#saves.propose(live, proposal)
  }

  get unsaved(): number {
    return this.#records.unsaved().length
  }

  owes(id: string): boolean {
    return this.#records.get(id)?.isUnsaved ?? false
  }

  async saveOwed(id: string): Promise<void> {
    const live = this.#records.get(id)
    if (live?.isUnsaved) await this.saveReporting(live)
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

  close(): void {
    this.#isClosed = true
  }

  stop(): void {
    this.#retries.stop()
    this.#leftBehind.stop()
  }

  /** To be asked before a record owes a change. Throws CONTAINER_CLOSED. */
  assertOpen(): void {
    if (this.#isClosed) throw new ScopesError('CONTAINER_CLOSED', { action: `save the ${this.#environment.kind}` })
  }

  async #tryToSave(live: LiveRecord): Promise<boolean> {
    try {
      await this.saveReporting(live)
      return true
    } catch (error) {
      this.#retries.failed(error)
      return false
    }
  }
}
