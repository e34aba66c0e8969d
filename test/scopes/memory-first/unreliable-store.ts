import type { Space, StoredRecord } from '../../../src/storage/contract.js'
import { StorageError } from '../../../src/storage/storage-error.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import type { Gate } from '../../support/gate.js'
import { HeldCalls } from '../../support/held-calls.js'
import { memorySpace } from '../../support/scope-environment.js'

type Operation = 'load' | 'save'

/**
 * What becomes of a save. `lost`: it is applied, and its answer does not arrive. `dropped`: it does not arrive, which looks
 * the same. `unavailable`: it certainly fails.
 */
export type Fate = 'lost' | 'dropped' | 'unavailable'

/** A store that a test cuts off, and whose next calls it holds or loses. */
export class UnreliableStore {
  readonly clock = new ManualClock()
  isDown = false
  readonly #truth = memorySpace()
  readonly #calls = new HeldCalls()
  /** Of the next saves. */
  #fates: Fate[] = []
  /** As a node sees it. */
  readonly space: Space = this.#calls.space({
    ...bound(this.#truth),
    load: async (...call) => {
      this.#assertUp('load')
      return this.#truth.load(...call)
    },
    save: async (...call) => {
      this.#assertUp('save')
      const fate = this.#fates.shift()
      if (fate === 'unavailable') throw unavailable('save')
      const result = fate === 'dropped' ? undefined : await this.#truth.save(...call)
      if (!result || fate === 'lost') throw new StorageError('SAVE_UNCERTAIN', { cache: 'store', id: call[0].id })
      return result
    },
  })

  /** How many saves were begun. */
  get attempts(): number {
    return this.#calls.asked.filter((operation) => operation === 'save').length
  }

  nextSavesAre(...fates: Fate[]): void {
    this.#fates = fates
  }

  /** Another node ends the record, and runs its end handler. */
  async end(id: string): Promise<void> {
    const now = this.clock.now()
    await this.#truth.save({ mode: 'update', id, version: 'of another node', ending: 'ended' }, { now })
    const claims = await this.#truth.claimExpired({ now, id, limit: 1, leaseMs: 1_000 })
    await this.#truth.settle(claims, { now })
  }

  /** The next such call waits before it reaches the store. */
  hold(operation: Operation): Gate {
    return this.#calls.hold(operation)
  }

  /** As the store has it, whatever a node may know. */
  async record(id: string): Promise<StoredRecord | undefined> {
    const result = await this.#truth.load(id, { now: this.clock.now() })
    return result.status === 'loaded' ? result.record : undefined
  }

  #assertUp(operation: Operation): void {
    if (this.isDown) throw unavailable(operation)
  }
}

const unavailable = (operation: Operation) =>
  new StorageError('STORAGE_UNAVAILABLE', { cache: 'store', operation, reason: 'the test says so' })

function bound(space: Space): Space {
  const { load, save, list, count, claimExpired, renew, settle } = space
  return {
    load: load.bind(space),
    save: save.bind(space),
    list: list.bind(space),
    count: count.bind(space),
    claimExpired: claimExpired.bind(space),
    renew: renew.bind(space),
    settle: settle.bind(space),
  }
}
