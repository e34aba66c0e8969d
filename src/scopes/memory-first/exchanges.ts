import type { EpochMs, LoadResult, Touch } from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import type { ScopeEnvironment } from '../environment.js'
import { sameSeal } from '../record/credential.js'
import { reportLost } from '../record/lost.js'
import type { StoredIdle } from '../record/stored-idle.js'
import type { OpenResult } from '../record/strategy.js'
import type { Backups } from './backups.js'
import type { LiveRecord } from './live-record.js'
import type { LiveRecords } from './live-records.js'

export interface Found {
  readonly status: 'found'
  readonly live: LiveRecord
  readonly confirmedSince?: EpochMs
}

export type NotFound = Exclude<OpenResult, { status: 'opened' }>

/** Whether the seal, if there is one to compare, is the one this node knows. */
const fits = (live: LiveRecord, seal: string | undefined) => seal === undefined || sameSeal(live.head.seal, seal)

/** Asks the store: for records that are not held here, and about those that are. */
export class Exchanges {
  readonly #environment: ScopeEnvironment
  readonly #records: LiveRecords
  readonly #backups: Backups
  readonly #idle: StoredIdle
  readonly #fetches = new Map<string, Promise<Found | NotFound>>()

  constructor(environment: ScopeEnvironment, records: LiveRecords, backups: Backups, idle: StoredIdle) {
    this.#environment = environment
    this.#records = records
    this.#backups = backups
    this.#idle = idle
  }

  /** Parallel first requests of a record share one load, hence one object. */
  fetch(id: string, seal: string | undefined, isAccess: boolean): Promise<Found | NotFound> {
    const key = `${id}.${seal}.${isAccess}`
    const fetch = this.#fetches.get(key) ?? this.#fetch(id, seal, isAccess).finally(() => this.#fetches.delete(key))
    this.#fetches.set(key, fetch)
    return fetch
  }

  /** Whether the store must be asked before this record is used. One that is not stored yet is known to this node only. */
  isDue(held: LiveRecord, seal: string | undefined): boolean {
    if (this.#isTouchOwed(held, seal)) return true
    return this.#environment.asksEachRequest && !held.is('new') && !this.#isAsHeld(held, seal)
  }

  /**
   * A look that costs no promise: whether the store has the record as it is held here. With unsaved changes here, another version
   * is that of a save under way, or it replaces this one when nothing is unsaved.
   */
  #isAsHeld(held: LiveRecord, seal: string | undefined): boolean {
    const { clock, space } = this.#environment
    const version = held.isUnsaved ? undefined : held.head.version
    return space.matches?.(held.id, { now: clock.now(), seal, version }) ?? false
  }

  /** As `#isAsHeld`, of a store that has to be waited for, or that could not tell. It waits for no save under way. */
  async confirms(held: LiveRecord, seal: string | undefined): Promise<boolean> {
    if (this.#isTouchOwed(held, seal)) return false
    held.enter()
    try {
      const { status } = await this.#look(held, seal)
      // Meanwhile another request of this node may have rotated or ended it.
      if (this.#isTouchOwed(held, seal)) return false
      return status === 'unchanged' || (status === 'loaded' && held.isUnsaved)
    } catch (error) {
      if (this.#goesOn(error)) return true
      throw error
    } finally {
      held.leave()
    }
  }

  /** The store decides: the record is due, and not confirmed. */
  async ask(held: LiveRecord, seal: string | undefined, isAccess: boolean): Promise<Found | NotFound> {
    held.enter()
    try {
      if (held.isUnsaved) await this.#backups.saveReporting(held)
      return await held.conversations.run(async () =>
        this.isDue(held, seal) ? this.#exchange(held, seal, isAccess) : { status: 'found', live: held },
      )
    } catch (error) {
      if (this.#goesOn(error) && fits(held, seal)) return { status: 'found', live: held }
      throw error
    } finally {
      held.leave()
    }
  }

  /** Saves what the record owes and takes over what the store holds; false when it has ended. */
  async refresh(live: LiveRecord): Promise<boolean> {
    live.enter()
    try {
      await this.#backups.save(live)
      return await live.conversations.run(async () => (await this.#exchange(live, undefined, false)).status === 'found')
    } finally {
      live.leave()
    }
  }

  /**
   * The store has it no longer. A normal end is not a loss. It is one if the store never learned of visits on this node,
   * or if a `backup: behind` change was still unsaved. A save under way reports its own loss.
   */
  part(live: LiveRecord): void {
    const { clock, settings } = this.#environment
    const now = clock.now()
    const isLeftBehind = settings.backup === 'behind' && live.isUnsaved && !live.isSending
    const isLoss = isLeftBehind || live.hasOutlivedStore(now)
    live.parted(now)
    if (isLoss && live.is('gone')) reportLost(this.#environment, live.id)
  }

  async #fetch(id: string, seal: string | undefined, isAccess: boolean): Promise<Found | NotFound> {
    const now = this.#environment.clock.now()
    const result = await this.#environment.space.load(id, {
      now,
      seal,
      touch: isAccess ? { touchedAt: now } : undefined,
      prolong: this.#idle.prolong,
    })
    if (result.status === 'missing' || result.status === 'refused') return result
    if (result.status === 'unchanged')
      throw new TypeError('The driver answered "unchanged" without being given a version')
    const live = this.#records.get(id) ?? this.#records.add(result)
    return { status: 'found', live, confirmedSince: result.previouslyTouchedAt }
  }

  /** Learns what other nodes did and, if that is due, informs the store of the accesses here. */
  async #exchange(live: LiveRecord, seal: string | undefined, isAccess: boolean): Promise<Found | NotFound> {
    if (live.is('gone') || live.is('orphaned')) return { status: 'missing' }
    const touches = isAccess && this.#isTouchOwed(live, seal)
    const result = await (touches ? this.#touch(live, seal) : this.#look(live, seal))
    if (result.status === 'refused') return result
    if (result.status === 'missing') {
      if (!live.is('vacant')) this.part(live)
      return result
    }
    if (result.status === 'unchanged') live.confirmed(result)
    else live.replaced(result)
    return { status: 'found', live, ...(touches && { confirmedSince: result.previouslyTouchedAt }) }
  }

  /** Also if the seal is not the one this node knows: the visitor may have got it from another node. */
  #isTouchOwed(live: LiveRecord, seal: string | undefined): boolean {
    if (this.#idle.isFirst(live.head.idleMs) && !live.is('new')) return true
    return live.isTouchDue(this.#environment.clock.now()) || !fits(live, seal)
  }

  #goesOn(error: unknown): boolean {
    return error instanceof StorageError && this.#environment.settings.whenUnavailable === 'local'
  }

  #look(live: LiveRecord, seal: string | undefined, touch?: Touch): Promise<LoadResult> {
    const { clock, space } = this.#environment
    const now = touch?.touchedAt ?? clock.now()
    const ifChangedSince = live.isStale || this.#idle.isFirst(live.head.idleMs) ? undefined : live.head.version
    return space.load(live.id, { now, seal, ifChangedSince, touch, prolong: touch && this.#idle.prolong })
  }

  /** Same as `#look`, and the store counts the accesses. If it does not, they stay to be counted. */
  async #touch(live: LiveRecord, seal: string | undefined): Promise<LoadResult> {
    const touchedAt = this.#environment.clock.now()
    const hits = live.takeHits()
    let isCounted = false
    try {
      const result = await this.#look(live, seal, { touchedAt, hits })
      isCounted = result.status === 'unchanged' || result.status === 'loaded'
      return result
    } finally {
      if (!isCounted) live.countHits(hits)
    }
  }
}
