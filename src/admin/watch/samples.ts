import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Cancel, Clock } from '../../support/clock.js'
import { Ring } from './ring.js'
import { Tallies, type Tally } from './tally.js'

/** The figures of one step of five seconds. All but `records` are of this process; rates are per second. */
export interface Sample {
  /** The end of the step, in milliseconds since 1970. */
  readonly at: number
  readonly loads: number
  readonly commits: number
  readonly ends: number
  readonly errors: number
  readonly caches: Tally['caches']
  /** How late timers ran, in milliseconds: what requests waited for because something else was being computed. */
  readonly delay: { readonly p50: number; readonly p95: number }
  /** In bytes. */
  readonly memory: { readonly resident: number; readonly heap: number }
  /** The live records in the stores by scope, as in `shop:session`; only of steps in which a page asked for them. */
  readonly records: Readonly<Record<string, number>>
}

const stepMs = 5_000
const kept = 3_600_000 / stepMs
/** How often the delay of timers is measured. */
const resolutionMs = 20

/** The figures of the last hour. */
export class Samples {
  readonly #clock: Clock
  readonly #tallies: Tallies
  readonly #records: () => Readonly<Record<string, number>>
  readonly #ring = new Ring<Sample>(kept)
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs })
  #next: Cancel = () => {}
  #tookAt = 0

  /** `records`: the newest known numbers of records. */
  constructor(clock: Clock, records: () => Readonly<Record<string, number>>, tallies = new Tallies()) {
    this.#clock = clock
    this.#records = records
    this.#tallies = tallies
  }

  start(): void {
    this.#tallies.start()
    this.#delay.enable()
    this.#tookAt = this.#clock.now()
    this.#later()
  }

  stop(): void {
    this.#next()
    this.#delay.disable()
    this.#tallies.stop()
  }

  /** Those after a moment, from the oldest on. */
  after(at: number): readonly Sample[] {
    return this.#ring.entries.filter((sample) => sample.at > at)
  }

  get last(): Sample | undefined {
    return this.#ring.last
  }

  #later(): void {
    this.#next = this.#clock.schedule(() => {
      this.#take()
      this.#later()
    }, stepMs)
  }

  #take(): void {
    const at = this.#clock.now()
    // A busy or suspended process takes its steps late.
    const seconds = Math.max(at - this.#tookAt, 1) / 1_000
    this.#tookAt = at
    const { caches, commits, ends, errors, loads } = this.#tallies.take()
    const { heapUsed, rss } = process.memoryUsage()
    this.#ring.push({
      at,
      loads: loads / seconds,
      commits: commits / seconds,
      ends: ends / seconds,
      errors: errors / seconds,
      caches,
      delay: { p50: this.#late(50), p95: this.#late(95) },
      memory: { resident: rss, heap: heapUsed },
      records: this.#records(),
    })
    this.#delay.reset()
  }

  /** The histogram has whole intervals, in nanoseconds. */
  #late(percentile: number): number {
    return Math.max(0, this.#delay.percentile(percentile) / 1e6 - resolutionMs)
  }
}
