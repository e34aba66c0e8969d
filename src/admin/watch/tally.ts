import type { Channel } from 'node:diagnostics_channel'
import { type Commit, channels, type End, type Load, type StoreCall } from '../../diagnostics/channels.js'

/** The calls to one cache in a step. Latencies in milliseconds; absent without a call. */
interface CacheTally {
  readonly calls: number
  readonly p50?: number
  readonly p95?: number
}

/** What happened in one step. */
export interface Tally {
  readonly loads: number
  readonly commits: number
  readonly ends: number
  /** Loads, commits, end handlers and calls to stores that failed. */
  readonly errors: number
  readonly caches: Readonly<Record<string, CacheTally>>
}

type Observed = (Load | Commit | End | StoreCall) & { readonly error?: unknown }

/** More durations of one step than this are not kept; each has the same chance to be among them. */
const mostDurations = 1_000

/**
 * Counts what this process publishes on its diagnostics channels. They belong to the whole process: with several containers in
 * it, the figures are of all of them.
 */
export class Tallies {
  readonly #time: () => number
  readonly #startedAt = new WeakMap<object, number>()
  readonly #unsubscribe: (() => void)[] = []
  #counts = { loads: 0, commits: 0, ends: 0, errors: 0 }
  #calls = new Map<string, { count: number; readonly durations: number[] }>()

  /** `time`: in milliseconds since any moment. */
  constructor(time = () => performance.now()) {
    this.#time = time
  }

  start(): void {
    const { commit, end, load, store } = channels
    this.#listen(load.asyncEnd, (message) => this.#count('loads', message))
    this.#listen(commit.asyncEnd, (message) => this.#count('commits', message))
    this.#listen(end.asyncEnd, (message) => this.#count('ends', message))
    this.#listen(store.start, (message) => this.#startedAt.set(message, this.#time()))
    this.#listen(store.asyncEnd, (message) => this.#called(message as StoreCall))
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
  }

  /** What has happened since it was last taken. */
  take(): Tally {
    const caches = Object.fromEntries(
      [...this.#calls].map(([cache, { count, durations }]) => [cache, { calls: count, ...percentiles(durations) }]),
    )
    const tally = { ...this.#counts, caches }
    this.#counts = { loads: 0, commits: 0, ends: 0, errors: 0 }
    this.#calls = new Map()
    return tally
  }

  #listen(channel: Channel, listener: (message: Observed) => void): void {
    const subscriber = (message: unknown) => listener(message as Observed)
    channel.subscribe(subscriber)
    this.#unsubscribe.push(() => channel.unsubscribe(subscriber))
  }

  #count(what: 'loads' | 'commits' | 'ends', { error }: Observed): void {
    this.#counts[what] += 1
    if (error !== undefined) this.#counts.errors += 1
  }

  #called(call: StoreCall & { readonly error?: unknown }): void {
    if (call.error !== undefined) this.#counts.errors += 1
    const calls = this.#calls.get(call.cache) ?? { count: 0, durations: [] }
    this.#calls.set(call.cache, calls)
    const startedAt = this.#startedAt.get(call)
    calls.count += 1
    if (startedAt === undefined) return // it began before this listened
    const duration = this.#time() - startedAt
    if (calls.durations.length < mostDurations) calls.durations.push(duration)
    else {
      const place = Math.floor(Math.random() * calls.count)
      if (place < mostDurations) calls.durations[place] = duration
    }
  }
}

function percentiles(durations: readonly number[]): { p50?: number; p95?: number } {
  const sorted = durations.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
  const [p50, p95] = [at(0.5), at(0.95)]
  return p50 === undefined || p95 === undefined ? {} : { p50, p95 }
}
