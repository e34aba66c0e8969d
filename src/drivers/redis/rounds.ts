import type { EpochMs } from '../../storage/contract.js'
import type { Bucket } from './keys.js'

/** The number of buckets that a sweep looks into: each costs a command, even if no record is due. */
const perSweep = 4
const expectedPerSweep = perSweep / 2

/**
 * Chooses the buckets that a sweep looks into: up to half of them where a record is expected to be due, the others in turn,
 * because changes by other nodes may have made records due that this node does not expect.
 */
export class Rounds {
  readonly #buckets: readonly Bucket[]
  readonly #expected = new Map<Bucket, EpochMs>()
  /** The next bucket in turn. It starts at random, so that nodes that start together begin at different buckets. */
  #turn = Math.floor(Math.random() * 2 ** 16)

  constructor(buckets: readonly Bucket[]) {
    this.#buckets = buckets
  }

  next(now: EpochMs): readonly Bucket[] {
    if (this.#buckets.length <= perSweep) return this.#buckets
    const chosen = new Set(this.#due(now).slice(0, expectedPerSweep))
    while (chosen.size < perSweep) {
      const bucket = this.#buckets[this.#turn % this.#buckets.length]
      if (bucket) chosen.add(bucket)
      this.#turn += 1
    }
    return [...chosen]
  }

  /** `at`: the next due time in the bucket as known now; absent: none. */
  expect(bucket: Bucket, at: EpochMs | undefined): void {
    if (at === undefined) this.#expected.delete(bucket)
    else this.#expected.set(bucket, at)
  }

  #due(now: EpochMs): Bucket[] {
    return [...this.#expected]
      .filter(([, at]) => at <= now)
      .sort(([, a], [, b]) => a - b)
      .map(([bucket]) => bucket)
  }
}
