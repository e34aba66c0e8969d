import type { EpochMs } from '../../storage/contract.js'
import type { Bucket } from './keys.js'

/** How many buckets a sweep looks into: each is a command, also while nothing is due. */
const perSweep = 4
const expectedPerSweep = perSweep / 2

/**
 * Which buckets a sweep looks into: some where something is expected to be due, and beside them one after the other,
 * because other nodes may have made due what this one does not expect.
 */
export class Rounds {
  readonly #buckets: readonly Bucket[]
  readonly #expected = new Map<Bucket, EpochMs>()
  /** Nodes that start together begin at different places. */
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

  /** `at`: when something in the bucket falls due, as it is now; absent: nothing ever. */
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
