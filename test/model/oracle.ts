import type {
  CallOptions,
  Claim,
  ClaimOptions,
  LeaseOptions,
  LoadOptions,
  LoadResult,
  LockResult,
  RecordChange,
  RecordHead,
  SaveResult,
} from '../../src/storage/contract.js'
import { changedAttributes } from '../../src/storage/record.js'
import * as steps from '../../src/storage/steps.js'
import type { TableRow } from '../../src/storage/table.js'

/**
 * A space as the contract describes it: rows in a map, each call a step of one row. It answers calls that come one after
 * the other. What the contract leaves to a driver it takes from the driver's answer: the tokens of claims, and the order
 * among records due at the same moment.
 */
export class Oracle {
  readonly rows: Map<string, TableRow>

  constructor(rows: ReadonlyMap<string, TableRow> = new Map()) {
    this.rows = new Map(rows)
  }

  load(id: string, options: LoadOptions): LoadResult {
    const answer = this.#take(id, (row) => steps.load(row, options))
    return answer.status === 'loaded' ? { ...answer, record: this.#record(id) } : answer
  }

  save(change: RecordChange, { now }: CallOptions): SaveResult {
    const before = this.rows.get(change.id)
    const attributes = changedAttributes(before?.attributes ?? new Map(), change)
    const { answer, row } =
      change.mode === 'create'
        ? steps.create(before, change, now)
        : steps.update(before, change, now, () => attributes.size)
    if (row) this.rows.set(change.id, { ...row, attributes })
    return answer
  }

  lock(id: string, options: LeaseOptions): LockResult {
    return this.#take(id, (row) => steps.lock(row, options))
  }

  unlock(id: string, token: string): boolean {
    return this.#take(id, (row) => steps.unlock(row, token))
  }

  /** The heads that `list` gives, in no order. */
  live(now: number, principal?: string): RecordHead[] {
    const live = [...this.rows.values()].filter((row) => steps.isLiveRow(row, now)).map(({ head }) => head)
    return principal === undefined ? live : live.filter((head) => head.principal === principal)
  }

  /**
   * `given`: what the driver answered. `isAlone`: no other call was under way, so nothing can have fallen due, or have been
   * leased and released, between the driver's look and its claim. Otherwise what another call holds may be passed over, until a
   * later claim finds it.
   */
  claimExpired({ now, leaseMs, limit, id }: ClaimOptions, given: readonly Claim[], isAlone: boolean): Claim[] {
    const due = [...this.rows.values()].filter((row) => steps.isDue(row, now) && (id ?? row.head.id) === row.head.id)
    const claims: Claim[] = []
    while (due.length > 0 && claims.length < limit) {
      const pick = given[claims.length]
      if (!pick && !isAlone) break
      const earliest = Math.min(...due.map((row) => row.due ?? now))
      const first = due.filter((row) => !isAlone || row.due === earliest)
      const row = (first.find(({ head }) => head.id === pick?.record.id) ?? first[0]) as TableRow
      const token = pick && pick.token !== row.claim?.token ? pick.token : 'a token of its own'
      due.splice(due.indexOf(row), 1)
      claims.push(this.#claim(row, { now, leaseMs, token }))
    }
    return claims
  }

  renew(claims: readonly Claim[], { now, leaseMs }: CallOptions & { readonly leaseMs: number }): string[] {
    const held = claims.filter((claim) => this.#take(claim.record.id, (row) => steps.renew(row, claim, now + leaseMs)))
    return held.map(({ record }) => record.id)
  }

  settle(claims: readonly Claim[]): string[] {
    const isSettled = (claim: Claim) =>
      steps.isHeld(this.rows.get(claim.record.id), claim) && this.rows.delete(claim.record.id)
    return claims.filter(isSettled).map(({ record }) => record.id)
  }

  #claim({ head: { id } }: TableRow, options: LeaseOptions): Claim {
    const attempt = this.#take(id, (row) => steps.claim(row, options))
    return { token: options.token, attempt: attempt ?? 0, record: this.#record(id) }
  }

  #take<Answer>(id: string, step: (row: TableRow | undefined) => steps.Step<Answer, TableRow>): Answer {
    const { answer, row } = step(this.rows.get(id))
    if (row) this.rows.set(id, row)
    return answer
  }

  #record(id: string): Claim['record'] {
    const { head, attributes } = this.rows.get(id) as TableRow
    return { ...head, attributes }
  }
}
