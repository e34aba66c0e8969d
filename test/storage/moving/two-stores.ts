import type { Claim, RecordUpdate, Space, StoredRecord } from '../../../src/storage/contract.js'
import { movingSpace } from '../../../src/storage/moving/moving-space.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { attributes, textsOf } from '../../../src/testing/suite/test-space.js'
import { HeldCalls } from '../../support/held-calls.js'
import { memorySpace } from '../../support/scope-environment.js'

export const minute = 60_000

/** A node: the space that its scope has, and its calls to both stores. */
export interface MovingNode {
  readonly space: Space
  readonly calls: HeldCalls
}

let versions = 0

/** Two stores, and nodes that move records between them. */
export class TwoStores {
  readonly clock = new ManualClock()
  readonly old = memorySpace()
  readonly new = memorySpace()

  /** `back`: it moves records from the new store to the old one. */
  node(direction: 'forth' | 'back' = 'forth', pause: () => Promise<unknown> = async () => {}): MovingNode {
    const calls = new HeldCalls()
    const [from, to] = direction === 'forth' ? [this.old, this.new] : [this.new, this.old]
    const stores = { write: calls.space(to), fallback: calls.space(from), cache: 'shared', pause }
    return { calls, space: movingSpace(stores, this.clock) }
  }

  get now(): number {
    return this.clock.now()
  }

  /** Creates a record as some request did who knows when, with everything that a record can have. */
  async begin(id: string, store: Space = this.old): Promise<StoredRecord> {
    const now = this.now
    await store.save(
      {
        mode: 'create',
        id,
        version: `v-${id}`,
        seal: 's1',
        replaced: 'r0',
        principal: 'ada',
        principalSince: now - 2 * minute,
        createdAt: now - 5 * minute,
        description: 'laptop',
        life: { idleMs: 30 * minute, endsAt: now + 600 * minute },
        touch: { touchedAt: now - minute, hits: 4 },
        set: attributes({ cart: '1', size: 'm' }),
      },
      { now },
    )
    return this.stored(id, store)
  }

  update(space: Space, id: string, change: Partial<RecordUpdate>) {
    versions += 1
    return space.save({ mode: 'update', id, version: `u${versions}`, ...change }, { now: this.now })
  }

  /** As a visit loads it, with a touch that changes nothing. */
  load(space: Space, id: string) {
    return space.load(id, { now: this.now, touch: { touchedAt: 0 } })
  }

  /** Leaves a record on its way: the node that moves it stops, for good, when the old store has let it go. */
  async strand(id: string): Promise<void> {
    const { calls, space } = this.node()
    const departed = calls.hold('save', { at: 'after' })
    void this.load(space, id)
    await departed.reached
  }

  async stored(id: string, space: Space): Promise<StoredRecord> {
    const found = await this.load(space, id)
    if (found.status !== 'loaded') throw new Error(`${id} is ${found.status}`)
    return found.record
  }

  /** The names of the stores in which the record is live. */
  async homes(id: string): Promise<string[]> {
    const homes: string[] = []
    if ((await this.load(this.old, id)).status === 'loaded') homes.push('old')
    if ((await this.load(this.new, id)).status === 'loaded') homes.push('new')
    return homes
  }

  sweep(space: Space, id?: string): Promise<readonly Claim[]> {
    return space.claimExpired({ now: this.now, limit: 100, leaseMs: 30_000, ...(id !== undefined && { id }) })
  }

  /** Whether a store has anything of this id, live or not. */
  async has(store: Space, id: string): Promise<boolean> {
    const probe = { mode: 'create', id, version: 'probe', seal: 's', life: { idleMs: 1, endsAt: null } } as const
    const isTaken = (await store.save(probe, { now: this.now })).status === 'exists'
    if (isTaken) return true
    await this.update(store, id, { ending: 'probe' })
    await store.settle(await store.claimExpired({ now: this.now, limit: 1, leaseMs: 1, id }), { now: this.now })
    return false
  }
}

export const contentOf = (record: StoredRecord): unknown => ({ ...record, attributes: textsOf(record) })
