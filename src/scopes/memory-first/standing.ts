import type { EpochMs, Life, LoadResult, RecordHead, RecordUpdate, SaveResult } from '../../storage/contract.js'
import { expiryOf, updatedHead } from '../../storage/record.js'
import { slackOf, withoutSlack } from '../record/idle-slack.js'

export type Loaded = Omit<Extract<LoadResult, { status: 'loaded' }>, 'status'>
export type Unchanged = Extract<LoadResult, { status: 'unchanged' }>
export type Saved = Extract<SaveResult, { status: 'saved' }>

/**
 * - `new`: the store does not have it yet.
 * - `stored`: the store has it.
 * - `vacant`: a save left nothing in it, so it is missing to every request but those that are at work on it. What one of
 *   these adds brings it back.
 * - `orphaned`: its life ran out in the store, which this node could not inform of the visits here. It goes on under
 *   another id.
 * - `gone`: it has ended. What requests still change in it is not saved.
 */
export type Phase = 'new' | 'stored' | 'vacant' | 'orphaned' | 'gone'

/** How a live record stands in the store, and when it was last visited, as far as this node knows. */
export class Standing {
  #phase: Phase
  #head: RecordHead
  #isStale = false
  #visitedAt: EpochMs
  /** On another node, or in a process before this one, which may have had later visits within the slack. */
  #visitedElsewhereAt: EpochMs

  constructor(phase: 'new' | 'stored', head: RecordHead, visitedAt: EpochMs) {
    this.#phase = phase
    this.#head = head
    this.#visitedAt = visitedAt
    this.#visitedElsewhereAt = phase === 'new' ? Number.NEGATIVE_INFINITY : visitedAt
  }

  get phase(): Phase {
    return this.#phase
  }

  /** As the store last acknowledged it. */
  get head(): RecordHead {
    return this.#head
  }

  /** Another node has written, or may have. */
  get isStale(): boolean {
    return this.#isStale
  }

  get visitedAt(): EpochMs {
    return this.#visitedAt
  }

  /** The store has it no longer. */
  get isParted(): boolean {
    return this.#phase === 'orphaned' || this.#phase === 'gone'
  }

  /** The store must be asked before the record is used again. */
  isTouchDue(now: EpochMs): boolean {
    if (this.#isStale || this.isParted) return true
    return this.#phase !== 'new' && now - this.#head.touchedAt >= slackOf(withoutSlack(this.#head.idleMs))
  }

  isExpired(now: EpochMs): boolean {
    const { idleMs, endsAt } = this.#head
    return (
      isOver({ idleMs: withoutSlack(idleMs), endsAt }, this.#visitedAt, now) &&
      isOver({ idleMs, endsAt }, this.#visitedElsewhereAt, now)
    )
  }

  /** The store takes it for expired, and this node, which knows of later visits, does not. */
  hasOutlivedStore(now: EpochMs): boolean {
    const { expiresAt } = this.#head
    return this.#phase !== 'new' && expiresAt !== null && expiresAt <= now && !this.isExpired(now)
  }

  /** A visit on this node. */
  visited(now: EpochMs): void {
    if (now > this.#visitedAt) this.#visitedAt = now
  }

  /** The store knows of this visit, which may have been on another node. */
  wasTouched(at: EpochMs): void {
    if (at > this.#head.touchedAt) this.#visitedElsewhereAt = at
    this.visited(at)
  }

  suspected(): void {
    this.#isStale = true
  }

  created(head: RecordHead): void {
    this.#head = head
    this.#become('stored')
  }

  updated(update: RecordUpdate, { dropped, previous }: Saved, now: EpochMs): void {
    if (dropped || previous !== this.#head.version) this.#isStale = true
    this.#head = updatedHead(this.#head, update, now)
    if (update.ending === undefined) this.#become(dropped ? 'vacant' : 'stored')
    else this.#phase = 'gone'
  }

  confirmed({ touchedAt, expiresAt, hits }: Unchanged): void {
    this.#head = { ...this.#head, touchedAt, expiresAt, hits }
    this.#isStale = false
  }

  /** A record that the store does not have yet. */
  lives(idleMs: number | null): void {
    this.#head = { ...this.#head, idleMs, expiresAt: expiryOf({ ...this.#head, idleMs }, this.#head.touchedAt) }
  }

  replaced(head: RecordHead): void {
    this.#head = head
    this.#isStale = false
    this.#become('stored')
  }

  /** The store has it no longer. Without a principal it goes on if only its life in the store ran out. */
  parted(now: EpochMs): void {
    if (this.#phase === 'gone') return
    this.#phase = this.hasOutlivedStore(now) && this.#head.principal === null ? 'orphaned' : 'gone'
  }

  ended(): void {
    this.#phase = 'gone'
  }

  /** An answer that was on its way when the record parted brings nothing back. */
  #become(phase: 'stored' | 'vacant'): void {
    if (!this.isParted) this.#phase = phase
  }
}

function isOver(life: Life, touchedAt: EpochMs, now: EpochMs): boolean {
  const expiresAt = expiryOf(life, touchedAt)
  return expiresAt !== null && expiresAt <= now
}
