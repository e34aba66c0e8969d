import type { EpochMs, RecordHead, RecordUpdate, StoredRecord } from '../../storage/contract.js'
import { copyOfHead } from '../../storage/record.js'
import type { Delta } from '../attributes/delta.js'
import type { Values } from '../attributes/values.js'
import type { ScopeEnvironment } from '../environment.js'
import { Conversations } from './conversations.js'
import { type Debt, Debts } from './debts.js'
import { Generations } from './generations.js'
import type { Keeper } from './keeper.js'
import type { Loaded, Phase, Saved, Standing, Unchanged } from './standing.js'

/** A record in this node's memory, shared by its parallel requests. What happens to it are its methods. */
export class LiveRecord {
  readonly id: string
  readonly conversations = new Conversations()
  readonly #keeper: Keeper<LiveRecord>
  readonly #isLeftBehind: boolean
  readonly #standing: Standing
  readonly #content: Generations
  readonly #debts = new Debts()
  #wasCommitted = false
  /** Most records that begin here are not: they belong to crawlers. So until then only encoded attributes are kept of one. */
  #isUsedAgain = false
  #users = 0

  constructor(
    environment: ScopeEnvironment,
    keeper: Keeper<LiveRecord>,
    standing: Standing,
    attributes: ReadonlyMap<string, Uint8Array>,
  ) {
    this.id = standing.head.id
    this.#keeper = keeper
    this.#isLeftBehind = environment.settings.backup === 'behind'
    this.#standing = standing
    this.#content = new Generations(environment, this.id, attributes)
  }

  /** As the store last acknowledged it. */
  get head(): RecordHead {
    return this.#standing.head
  }

  get touchedAt(): EpochMs {
    return this.#standing.visitedAt
  }

  get hits(): number {
    return this.head.hits + this.#debts.hits
  }

  /** Of the present generation. */
  get values(): Values {
    return this.#content.present
  }

  /** Bytes in memory: its values are there twice, encoded and decoded. */
  get size(): number {
    return 2 * this.#content.encoded.bytes
  }

  /** A request has committed it: if it is not stored, it is about to be. */
  get isCommitted(): boolean {
    return this.#wasCommitted || !this.is('new')
  }

  get isUnsaved(): boolean {
    if (this.#standing.isParted) return false
    return this.is('new') ? this.#wasCommitted : !this.#debts.arePaid
  }

  /** It waits for the store, and no request waits with it: its save failed, or responses leave before the backup. */
  get isWaiting(): boolean {
    return this.isUnsaved && (this.#isLeftBehind || this.#debts.haveFailed)
  }

  get isSending(): boolean {
    return this.#debts.isSending
  }

  /** The answer of a save was lost: before the next one, the store must be asked. */
  get isInDoubt(): boolean {
    return this.#debts.isInDoubt && !this.#standing.isParted
  }

  get isStale(): boolean {
    return this.#standing.isStale
  }

  get isInUse(): boolean {
    return this.#users > 0
  }

  is(phase: Phase): boolean {
    return this.#standing.phase === phase
  }

  isTouchDue(now: EpochMs): boolean {
    return this.#standing.isTouchDue(now)
  }

  isExpired(now: EpochMs): boolean {
    return this.#standing.isExpired(now)
  }

  hasOutlivedStore(now: EpochMs): boolean {
    return this.#standing.hasOutlivedStore(now)
  }

  enter(): void {
    this.#users += 1
    if (this.#users > 1) return
    this.#isUsedAgain ||= this.isCommitted
    this.#keeper.entered(this)
  }

  leave(): void {
    this.#users -= 1
    if (this.#users > 0) return
    if (!this.#isUsedAgain) this.#content.renew()
    this.#keeper.left(this)
  }

  /** Counts an access; returns when the one before was. */
  visit(now: EpochMs): EpochMs {
    const lastVisit = this.touchedAt
    this.#standing.visited(now)
    this.#debts.addHits(1)
    return lastVisit
  }

  /** A request has committed this change, made on these values. */
  owe(delta: Delta, values: Values): void {
    this.#debts.add(delta, this.#content.encoded)
    this.#content.accept(delta, values)
    this.#wasCommitted = true
    this.#keeper.changed(this)
  }

  /** Begins a generation of values that no request holds yet. */
  renewValues(): Values {
    return this.#content.renew()
  }

  /** Another node has written, or may have: the store must be asked before the next use. */
  suspected(): void {
    this.#standing.suspected()
  }

  /** For the store to count. If it does not, `countHits` takes them back. */
  takeHits(): number {
    return this.#debts.takeHits()
  }

  countHits(hits: number): void {
    this.#debts.addHits(hits)
  }

  /** The store has it as this node knows it, with these accesses. */
  confirmed(unchanged: Unchanged): void {
    this.#standing.wasTouched(unchanged.previouslyTouchedAt)
    this.#standing.confirmed(unchanged)
  }

  /** The idle time that it will be created with. */
  lives(idleMs: number | null): void {
    this.#standing.lives(idleMs)
  }

  /** The store has it as another node left it. */
  replaced({ record, previouslyTouchedAt }: Loaded): void {
    if (record.version !== this.head.version) this.#keeper.changedElsewhere(this)
    this.#standing.wasTouched(previouslyTouchedAt)
    this.#takeOver(record)
  }

  /**
   * A save of what it owes begins; `saved`, `refused` or `unanswered` follows. It is kept where it was: what is sent was
   * owed before, and a proposal has a user.
   */
  sent(): Debt {
    return this.#debts.sent()
  }

  /** By the save under way, or an earlier one whose answer was lost. */
  created(head: RecordHead): void {
    this.#standing.created(head)
  }

  /** By the save under way. */
  updated(update: RecordUpdate, saved: Saved, now: EpochMs): void {
    const isKnown = saved.previous === this.head.version || saved.previous === update.version
    if (!isKnown) this.#keeper.changedElsewhere(this)
    this.#standing.updated(update, saved, now)
  }

  /** The store has applied the save. */
  saved(): void {
    this.#debts.saved()
    this.#keeper.changed(this)
  }

  /** The store has applied the save, and with it the proposal: this delta, made on these values. */
  accepted(delta: Delta, values: Values): void {
    this.#content.accept(delta, values)
    this.saved()
  }

  /** The save did not arrive, or was not applied. */
  refused(): void {
    this.#debts.refused()
    this.#keeper.changed(this)
  }

  /** The answer of the save was lost; `found` or `refused` follows. */
  unanswered(): void {
    this.#debts.unanswered()
    this.#keeper.changed(this)
  }

  /** In the store, after a save without an answer. If it was new, that save has created it and its hits are counted. */
  found(record: StoredRecord): void {
    const areHitsCounted = this.is('new') || record.version !== this.head.version
    this.#debts.resolved(record.attributes, areHitsCounted)
    this.#takeOver(record)
  }

  /** The store has it no longer: it has ended, or is orphaned. */
  parted(now: EpochMs): void {
    this.#standing.parted(now)
    this.#keeper.changed(this)
  }

  /** It goes on under another id, or could not be stored at all. */
  ended(): void {
    this.#standing.ended()
    this.#keeper.changed(this)
  }

  /** What the store holds, with what it is owed on top. */
  #takeOver(record: StoredRecord): void {
    this.#standing.replaced(copyOfHead(record))
    this.#content.replace(this.#debts.on(record.attributes))
    this.#keeper.changed(this)
  }
}
