import { randomUUID } from 'node:crypto'
import type {
  CallOptions,
  Claim,
  ClaimOptions,
  EpochMs,
  ListPage,
  ListQuery,
  LoadOptions,
  LoadResult,
  RecordChange,
  RecordCreate,
  RecordHead,
  RecordUpdate,
  SaveResult,
  Space,
} from '../../storage/contract.js'
import { changedAttributes, isVacated, newHead, refusalOf, updatedHead, vacant } from '../../storage/record.js'
import { Entries } from './entries.js'
import type { Entry } from './entry.js'
import { Locks } from './locks.js'
import type { Residents } from './residents.js'

/** No method waits for anything between its first look and its last change, so each applies in one step. */
export class MemorySpace implements Space {
  readonly #entries: Entries
  readonly #locks = new Locks()

  constructor(name: string, residents: Residents) {
    this.#entries = new Entries(name, residents)
  }

  async load(id: string, { now, seal, ifChangedSince, touch }: LoadOptions): Promise<LoadResult> {
    const entry = this.#entries.live(id, now)
    if (!entry) return { status: 'missing' }
    const before = entry.record
    if (seal !== undefined && seal !== before.seal) return { status: 'refused', sealedAt: before.sealedAt }

    this.#entries.touch(entry, touch)
    const { record } = entry
    const { touchedAt, expiresAt, hits } = record
    const previouslyTouchedAt = before.touchedAt
    return record.version === ifChangedSince
      ? { status: 'unchanged', touchedAt, previouslyTouchedAt, expiresAt, hits }
      : { status: 'loaded', record, previouslyTouchedAt }
  }

  async save(change: RecordChange, { now }: CallOptions): Promise<SaveResult> {
    return change.mode === 'create' ? this.#create(change, now) : this.#update(change, now)
  }

  async delete(id: string, { now }: CallOptions): Promise<boolean> {
    const wasLive = this.#entries.live(id, now) !== undefined
    if (wasLive) this.#entries.forget(id)
    return wasLive
  }

  async list({ now, limit, cursor, principal }: ListQuery): Promise<ListPage> {
    const items: RecordHead[] = []
    let last = Number(cursor ?? 0)
    for (const entry of principal === undefined ? this.#entries.all() : this.#entries.of(principal)) {
      if (entry.serial <= last || !entry.isLive(now)) continue
      if (items.length === limit) return { items, cursor: String(last) }
      items.push(entry.head)
      last = entry.serial
    }
    return { items }
  }

  async count({ now }: CallOptions): Promise<number> {
    let count = 0
    for (const entry of this.#entries.all()) if (entry.isLive(now)) count += 1
    return count
  }

  async claimExpired({ now, limit, leaseMs, id }: ClaimOptions): Promise<readonly Claim[]> {
    return this.#due(now, id)
      .slice(0, limit)
      .map((entry) => ({ ...entry.lease(randomUUID(), now + leaseMs), record: entry.record }))
  }

  async renew(
    claims: readonly Claim[],
    { now, leaseMs }: CallOptions & { leaseMs: number },
  ): Promise<readonly string[]> {
    const held = this.#held(claims)
    for (const entry of held) entry.dueAt = now + leaseMs
    return held.map((entry) => entry.id)
  }

  async settle(claims: readonly Claim[]): Promise<readonly string[]> {
    const held = this.#held(claims).map((entry) => entry.id)
    for (const id of held) this.#entries.forget(id)
    return held
  }

  async lock(id: string, { token, now, leaseMs }: CallOptions & { token: string; leaseMs: number }): Promise<boolean> {
    return this.#locks.take(id, token, now, leaseMs)
  }

  async unlock(id: string, token: string): Promise<boolean> {
    return this.#locks.release(id, token)
  }

  #create(change: RecordCreate, now: EpochMs): SaveResult {
    if (this.#entries.get(change.id)) return { status: 'exists' }
    this.#entries.add({ ...newHead(change, now), attributes: changedAttributes(new Map(), change) }, now)
    return { status: 'saved', previous: change.version }
  }

  #update(change: RecordUpdate, now: EpochMs): SaveResult {
    const entry = this.#entries.open(change.id, now)
    if (!entry) return { status: 'missing' }
    const before = entry.record
    const refusal = refusalOf(before, change, this.#locks.holder(change.id, now))
    if (refusal) return refusal

    const previous = before.version
    const attributes = changedAttributes(before.attributes, change)
    const record = { ...updatedHead(before, change, now), attributes }
    const dropped = isVacated(before, change, record, () => attributes.size)
    this.#entries.replace(entry, dropped ? { ...record, ending: vacant } : record, now)
    return { status: 'saved', previous, ...(dropped && { dropped }) }
  }

  /** What may be claimed, longest due first. */
  #due(now: EpochMs, id?: string): Entry[] {
    const candidates = id === undefined ? [...this.#entries.all()] : this.#known(id)
    return candidates.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt)
  }

  #held(claims: readonly Claim[]): Entry[] {
    return claims.flatMap(({ token, record }) => this.#known(record.id).filter(({ claim }) => claim?.token === token))
  }

  #known(id: string): Entry[] {
    const entry = this.#entries.get(id)
    return entry ? [entry] : []
  }
}
