import { randomUUID } from 'node:crypto'
import {
  type CallOptions,
  type Claim,
  type ClaimOptions,
  changedAttributes,
  dueOf,
  type EpochMs,
  isLive,
  isOpen,
  isVacated,
  type ListPage,
  type ListQuery,
  type LoadOptions,
  type LoadResult,
  newHead,
  type RecordChange,
  type RecordCreate,
  type RecordHead,
  type RecordUpdate,
  refusalOf,
  type SaveResult,
  type Space,
  type StoredRecord,
  touched,
  updatedHead,
  vacant,
} from 'koa-scopes'
import type { FiledRecord, Folder } from './folder.js'
import { Turns } from './turns.js'

type DueRecord = FiledRecord & { readonly dueAt: EpochMs }

const isPresent = ({ record, claim }: FiledRecord, now: EpochMs) => !claim && isLive(record, now)
const isDue = (filed: FiledRecord, now: EpochMs): filed is DueRecord => filed.dueAt !== null && filed.dueAt <= now

export class JsonFilesSpace implements Space {
  readonly #folder: Folder
  readonly #turns = new Turns()

  constructor(folder: Folder) {
    this.#folder = folder
  }

  load(id: string, { now, signal, seal, ifChangedSince, touch }: LoadOptions): Promise<LoadResult> {
    return this.#turns.take(id, signal, async () => {
      const before = await this.#present(id, now)
      if (!before) return { status: 'missing' }
      if (seal !== undefined && seal !== before.seal) return { status: 'refused', sealedAt: before.sealedAt }

      const record = touched(before, touch)
      if (touch) await this.#folder.write({ record, dueAt: dueOf(record, now) })
      const { touchedAt, expiresAt, hits } = record
      const previouslyTouchedAt = before.touchedAt
      return record.version === ifChangedSince
        ? { status: 'unchanged', touchedAt, previouslyTouchedAt, expiresAt, hits }
        : { status: 'loaded', record, previouslyTouchedAt }
    })
  }

  save(change: RecordChange, { now, signal }: CallOptions): Promise<SaveResult> {
    return this.#turns.take(change.id, signal, () =>
      change.mode === 'create' ? this.#create(change, now) : this.#update(change, now),
    )
  }

  delete(id: string, { now, signal }: CallOptions): Promise<boolean> {
    return this.#turns.take(id, signal, async () => {
      const present = await this.#present(id, now)
      if (present) await this.#folder.remove(id)
      return present !== undefined
    })
  }

  /** The cursor is the last file of the page before. */
  async list({ now, limit, cursor = '', principal }: ListQuery): Promise<ListPage> {
    const items: RecordHead[] = []
    let last = cursor
    for (const file of await this.#folder.files()) {
      if (file <= cursor) continue
      const filed = await this.#folder.readFile(file)
      if (!filed || !isPresent(filed, now)) continue
      const { attributes, ...head } = filed.record
      if ((principal ?? head.principal) !== head.principal) continue
      if (items.length === limit) return { items, cursor: last }
      items.push(head)
      last = file
    }
    return { items }
  }

  async count({ now }: CallOptions): Promise<number> {
    const all = await this.#all()
    return all.filter((filed) => isPresent(filed, now)).length
  }

  /** What looked due is looked at again in its turn: somebody may have been faster. */
  async claimExpired({ now, signal, limit, leaseMs, id }: ClaimOptions): Promise<readonly Claim[]> {
    const claims: Claim[] = []
    for (const dueId of id === undefined ? await this.#dueIds(now) : [id]) {
      if (claims.length === limit) break
      const claim = await this.#turns.take(dueId, signal, () => this.#claim(dueId, now, leaseMs))
      if (claim) claims.push(claim)
    }
    return claims
  }

  renew(
    claims: readonly Claim[],
    { now, signal, leaseMs }: CallOptions & { leaseMs: number },
  ): Promise<readonly string[]> {
    return this.#forHeld(claims, signal, (filed) => this.#folder.write({ ...filed, dueAt: now + leaseMs }))
  }

  settle(claims: readonly Claim[], { signal }: CallOptions): Promise<readonly string[]> {
    return this.#forHeld(claims, signal, ({ record }) => this.#folder.remove(record.id))
  }

  async #create(change: RecordCreate, now: EpochMs): Promise<SaveResult> {
    if (await this.#folder.read(change.id)) return { status: 'exists' }
    const record = { ...newHead(change, now), attributes: changedAttributes(new Map(), change) }
    await this.#folder.write({ record, dueAt: dueOf(record, now) })
    return { status: 'saved', previous: change.version }
  }

  async #update(change: RecordUpdate, now: EpochMs): Promise<SaveResult> {
    const filed = await this.#folder.read(change.id)
    if (!filed || filed.claim || !isOpen(filed.record, now)) return { status: 'missing' }
    const before = filed.record
    const refusal = refusalOf(before, change)
    if (refusal) return refusal

    const attributes = changedAttributes(before.attributes, change)
    const record = { ...updatedHead(before, change, now), attributes }
    const dropped = isVacated(before, change, record, () => attributes.size)
    const after = dropped ? { ...record, ending: vacant } : record
    await this.#folder.write({ record: after, dueAt: dueOf(after, now) })
    return { status: 'saved', previous: before.version, ...(dropped && { dropped }) }
  }

  async #claim(id: string, now: EpochMs, leaseMs: number): Promise<Claim | undefined> {
    const filed = await this.#folder.read(id)
    if (!filed || !isDue(filed, now)) return undefined
    const claim = { token: randomUUID(), attempt: (filed.claim?.attempt ?? 0) + 1 }
    await this.#folder.write({ ...filed, claim, dueAt: now + leaseMs })
    return { ...claim, record: filed.record }
  }

  async #forHeld(
    claims: readonly Claim[],
    signal: AbortSignal | undefined,
    apply: (filed: FiledRecord) => Promise<void>,
  ): Promise<readonly string[]> {
    const held: string[] = []
    for (const { token, record } of claims) {
      await this.#turns.take(record.id, signal, async () => {
        const filed = await this.#folder.read(record.id)
        if (filed?.claim?.token !== token) return
        await apply(filed)
        held.push(record.id)
      })
    }
    return held
  }

  async #present(id: string, now: EpochMs): Promise<StoredRecord | undefined> {
    const filed = await this.#folder.read(id)
    return filed && isPresent(filed, now) ? filed.record : undefined
  }

  async #dueIds(now: EpochMs): Promise<readonly string[]> {
    const all = await this.#all()
    const due = all.filter((filed) => isDue(filed, now))
    return due.sort((a, b) => a.dueAt - b.dueAt).map(({ record }) => record.id)
  }

  async #all(): Promise<readonly FiledRecord[]> {
    const all: FiledRecord[] = []
    for (const file of await this.#folder.files()) {
      const filed = await this.#folder.readFile(file)
      if (filed) all.push(filed)
    }
    return all
  }
}
