import type { CommitOutcome } from '../../../src/scopes/record/open-record.js'
import type { LoadResult, RecordChange, SaveResult } from '../../../src/storage/contract.js'
import { type Change, ExpectedRecord, isNothing, newSeal, type Standing, View } from './expected-record.js'
import type { Name } from './script.js'

export type Intent = 'commit' | 'rotate' | 'invalidate'

export function assertThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}

/** How a request should stand to the record it came for, or to one it began after that one was gone. */
export abstract class ExpectedRequest {
  state: 'open' | 'superseded' | 'lost' = 'open'
  record: ExpectedRecord | undefined
  protected readonly visited: ExpectedRecord
  /** The seal this request knows. */
  protected seal: string
  protected view: View | undefined
  /** What it may have changed: assigned, removed, or handed out in a form that can be changed in place. */
  protected readonly touched = new Set<Name>()
  protected isCommitted = true

  constructor(visited: ExpectedRecord) {
    this.visited = visited
    this.seal = visited.seal
  }

  /** The code with which every change fails. */
  get refusal(): 'SCOPE_SUPERSEDED' | 'SCOPE_LOST' | undefined {
    return { open: undefined, superseded: 'SCOPE_SUPERSEDED' as const, lost: 'SCOPE_LOST' as const }[this.state]
  }

  get names(): Name[] {
    return this.view?.names ?? []
  }

  read(name: Name): unknown {
    const value = this.view?.read(name)
    if (Array.isArray(value)) this.touched.add(name)
    return value
  }

  /** Begins a record if there is none. */
  write(name: Name, value: unknown): void {
    if (!this.view) {
      this.attach(new ExpectedRecord(), new View(new Map()))
      this.isCommitted = false
    }
    this.view?.write(name, value)
    this.touched.add(name)
  }

  remove(name: Name): void {
    if (!this.view) return
    this.view.remove(name)
    this.touched.add(name)
  }

  /** Before this request opens. */
  arrives(): void {}
  /** The store has answered the load with which this request begins; the answer has not arrived yet. */
  abstract loaded(result: LoadResult): void
  abstract opened(actual: 'record' | 'superseded' | 'vacant'): void
  /** It forgets what it has not committed, and is about to ask the store. */
  reloads(): void {}
  /** What this request sends now, if it sends anything. */
  abstract begin(intent: Intent): void
  /** The store has applied, or refused, what this request sent; the answer has not arrived yet. */
  abstract saved(change: RecordChange, result: SaveResult): void
  abstract settled(intent: Intent, actual: CommitOutcome): void

  protected attach(record: ExpectedRecord, view: View): void {
    this.record = record
    this.view = view
    this.touched.clear()
    this.isCommitted = true
  }

  protected conclude(intent: Intent, outcome: CommitOutcome): void {
    if (intent === 'invalidate') this.#leave('open')
    else if (outcome === 'missing') this.#leave('lost')
    else if (outcome === 'resealed') this.#leave('superseded')
  }

  #leave(state: ExpectedRequest['state']): void {
    this.state = state
    this.record = undefined
    this.view = undefined
  }
}

/** A request that works on a copy of its own: what it changed is applied when the store applies it, and only that. */
export class IsolatedRequest extends ExpectedRequest {
  #sent: { readonly intent: Intent; readonly change: Change; outcome?: CommitOutcome } | undefined

  loaded(result: LoadResult): void {
    const isReload = this.record !== undefined
    const record = this.record ?? this.visited
    const isRefused = !isReload && record.seal !== this.seal
    const expected = record.state !== 'live' ? 'missing' : isRefused ? 'refused' : 'loaded'
    const actual = result.status === 'unchanged' ? 'loaded' : result.status
    assertThat(actual === expected, `the load was answered ${actual}, not ${expected}`)
    if (expected === 'loaded') this.attach(record, new View(record.attributes))
    else if (isReload) this.conclude('commit', 'missing')
    else if (expected === 'refused') this.state = 'superseded'
  }

  opened(actual: 'record' | 'superseded' | 'vacant'): void {
    const expected = this.record ? 'record' : this.state === 'superseded' ? 'superseded' : 'vacant'
    assertThat(actual === expected, `the request finds ${actual}, not ${expected}`)
  }

  override reloads(): void {
    if (this.isCommitted || !this.record) return
    this.view = new View(new Map())
    this.touched.clear()
  }

  begin(intent: Intent): void {
    this.#sent = undefined
    const change = this.view?.changes(this.touched)
    if (!change) return
    const isDue = this.isCommitted
      ? intent !== 'commit' || !isNothing(change)
      : intent === 'commit' && change.set.size > 0
    if (isDue) this.#sent = { intent, change }
  }

  saved(change: RecordChange, result: SaveResult): void {
    const sent = this.#sent
    assertThat(sent !== undefined && !sent.outcome, 'something was sent that need not be')
    assertThat(hasNames(change, sent.change), 'something else was sent than what has changed')
    sent.outcome = this.#apply(sent.intent, sent.change, change)
    const actual = 'dropped' in result ? 'dropped' : result.status
    assertThat(actual === sent.outcome, `the store answered ${actual}, not ${sent.outcome}`)
  }

  settled(intent: Intent, actual: CommitOutcome): void {
    assertThat(!this.#sent || this.#sent.outcome !== undefined, 'what has changed was not sent')
    const outcome = this.#sent?.outcome ?? (intent === 'commit' ? 'unchanged' : 'saved')
    const isToldApart = intent === 'commit' || outcome !== 'dropped'
    assertThat(
      actual === outcome || !isToldApart || intent === 'invalidate',
      `the outcome was ${actual}, not ${outcome}`,
    )
    this.conclude(intent, outcome)
  }

  #apply(intent: Intent, change: Change, sent: RecordChange): CommitOutcome {
    const { record, view } = this
    assertThat(record !== undefined && view !== undefined, 'there is nothing to change')
    if (record.state === 'ended') return 'missing'
    if (intent === 'rotate' && record.seal !== this.seal) return 'resealed'
    record.apply(change)
    view.accept(change)
    this.seal = newSeal(sent) ?? this.seal
    this.isCommitted = true
    const mayGo = intent === 'commit' || record.state === 'dropped'
    const isEmptied = mayGo && intent !== 'invalidate' && record.attributes.size === 0
    return isEmptied ? 'dropped' : 'saved'
  }
}

/**
 * A request that works on the same values as the others of its node: a plain object on which their steps run in order.
 * When the store learns of it, and together with what else, is the node's business.
 */
export class SharingRequest extends ExpectedRequest {
  #sent: Change | undefined
  #arrivedAt = 0

  loaded(): void {}

  opened(actual: 'record' | 'superseded' | 'vacant'): void {
    const standings = this.visited.standingsSince(this.#arrivedAt)
    const isPossible = standings.some((standing) => this.#finds(standing) === actual)
    assertThat(isPossible, `a request finds ${actual}, which its record never was since its node was last told`)
    if (actual === 'superseded') this.state = 'superseded'
    if (actual !== 'record') return
    this.visited.shared ??= new View(this.visited.attributes)
    this.attach(this.visited, this.visited.shared)
  }

  override arrives(): void {
    this.#arrivedAt = this.visited.told
  }

  begin(intent: Intent): void {
    this.#sent = undefined
    const change = this.view?.state(this.touched)
    if (!this.record || !change) return
    if (!this.isCommitted && (intent !== 'commit' || change.set.size === 0)) return
    this.isCommitted = true
    this.#sent = change
    this.record.apply(change)
  }

  saved(): void {}

  settled(intent: Intent, actual: CommitOutcome): void {
    const { record } = this
    if (!record) return
    if (actual === 'missing') assertThat(record.state === 'ended', 'changes of a live record were lost')
    if (actual === 'resealed') {
      assertThat(intent === 'rotate' && record.seal !== this.seal, 'a rotation that came first was refused')
      if (this.#sent) record.takeBack(this.#sent)
    }
    if (intent === 'rotate' && actual === 'saved') this.seal = record.seal
    this.conclude(intent, actual)
  }

  #finds({ state, seal }: Standing): 'record' | 'superseded' | 'vacant' {
    if (state !== 'live') return 'vacant'
    return seal === this.seal ? 'record' : 'superseded'
  }
}

function hasNames(sent: RecordChange, expected: Change): boolean {
  const unset = sent.mode === 'update' ? (sent.unset ?? []) : []
  return sameNames(sent.set?.keys() ?? [], expected.set.keys()) && sameNames(unset, expected.unset)
}

const sameNames = (some: Iterable<string>, others: Iterable<string>) =>
  [...some].sort().join() === [...others].sort().join()
