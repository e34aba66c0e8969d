import { type Clock, wait } from '../../support/clock.js'
import { randomPause } from '../claim-rounds.js'
import type { Claim, RecordHead, Space } from '../contract.js'
import { pagesOf } from '../pages.js'
import { moved } from '../record.js'
import { arrive, moveLive, type Route, sortingLeaseMs } from './move.js'
import { Sample, type Verdict } from './sample.js'

export interface MoveAllOptions {
  readonly from: Space
  readonly to: Space
  /** The name of the cache that `to` belongs to, for messages. */
  readonly cache: string
  readonly clock: Clock
  /** The most records a second. Absent: as fast as the stores are. */
  readonly limitRate?: number
  /** Whether records are compared after the move. */
  readonly verifies: boolean
  /** Begins no further moves once it aborts. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: MoveProgress) => void
}

export interface MoveProgress {
  readonly moved: number
  /** Others that were gone when it was their turn: moved by a node because a visitor came, or ended. */
  readonly gone: number
  /** How many the old store had at the start. */
  readonly total: number
}

export interface MoveReport extends MoveProgress {
  /** Records that a handler had locked all the time; they are still in the old store. */
  readonly held: number
  /** Records of the old store that wait for their end handlers, which only nodes run. */
  readonly waiting: number
  /** Live records that are in the old store now: those held, and those that nodes have put there meanwhile. */
  readonly left: number
  readonly isInterrupted: boolean
  /** Absent if nothing was compared. */
  readonly verified?: Verdict
}

const pageSize = 500
/** How many records move at a time. */
const width = 32
/** How often records that were locked are tried again, after this pause each time. */
const retries = 5
const retryMs = 1_000
/** Nodes end due records within seconds; those due for longer have no node. */
const patienceMs = 10_000
const mostClaims = 500

/** Moves every live record of one space to another. Safe to interrupt, and to run again: it goes on with what is left. */
export class MoveAll {
  readonly #options: MoveAllOptions
  readonly #route: Route
  readonly #sample: Sample
  readonly #startedAt: number
  #begun = 0
  #moved = 0
  #gone = 0
  #total = 0
  #held: string[] = []

  constructor(options: MoveAllOptions) {
    const { cache, clock, from, to } = options
    this.#options = options
    this.#route = { from, to, cache, pause: randomPause, onDue: (claim, store) => this.#release([claim], store) }
    this.#sample = new Sample(from, to, clock)
    this.#startedAt = clock.now()
  }

  async run(): Promise<MoveReport> {
    const { clock, from, signal, verifies } = this.#options
    this.#total = await from.count({ now: clock.now() })
    const waiting = await this.#bringInRests()
    const pages = pagesOf((cursor) => from.list({ now: clock.now(), limit: pageSize, ...cursor }))
    for await (const { items } of pages) {
      await this.#moveEach(items)
      if (signal?.aborted) break
    }
    for (let tries = 0; tries < retries && this.#held.length > 0 && !signal?.aborted; tries += 1) {
      await wait(clock, retryMs, signal)
      await this.#retry()
    }
    const verified = verifies ? { verified: await this.#sample.compare() } : {}
    return {
      ...this.#progress,
      held: this.#held.length,
      waiting,
      left: await from.count({ now: clock.now() }),
      isInterrupted: signal?.aborted ?? false,
      ...verified,
    }
  }

  get #progress(): MoveProgress {
    return { moved: this.#moved, gone: this.#gone, total: this.#total }
  }

  async #moveEach(heads: readonly RecordHead[]): Promise<void> {
    const left = [...heads]
    const worker = async () => {
      for (let head = left.shift(); head && !this.#options.signal?.aborted; head = left.shift()) {
        await this.#keepRate()
        if (this.#options.verifies) await this.#sample.offer(head.id)
        await this.#moveOne(head.id)
      }
    }
    await Promise.all(Array.from({ length: width }, worker))
  }

  async #retry(): Promise<void> {
    const ids = this.#held
    this.#held = []
    for (const id of ids) await this.#moveOne(id)
  }

  async #moveOne(id: string): Promise<void> {
    const { clock, onProgress } = this.#options
    const result = await moveLive(this.#route, id, clock.now())
    if (result === 'moved') this.#moved += 1
    else if (result === 'absent') this.#gone += 1
    else this.#held.push(id)
    onProgress?.(this.#progress)
  }

  async #keepRate(): Promise<void> {
    const { clock, limitRate, signal } = this.#options
    if (limitRate === undefined) return
    const dueAt = this.#startedAt + (this.#begun * 1_000) / limitRate
    this.#begun += 1
    const earlyMs = dueAt - clock.now()
    if (earlyMs > 0) await wait(clock, earlyMs, signal)
  }

  /** Brings in what an earlier run has left on its way. Returns how many other records wait for their end. */
  async #bringInRests(): Promise<number> {
    const { clock, from } = this.#options
    const others: Claim[] = []
    for (;;) {
      const now = clock.now() - patienceMs
      const claims = await from.claimExpired({ now, limit: mostClaims, leaseMs: patienceMs + sortingLeaseMs })
      if (claims.length === 0) break
      for (const claim of claims)
        if (claim.record.ending === moved) await arrive(this.#route, claim, clock.now())
        else others.push(claim)
    }
    await this.#release(others, from)
    return others.length
  }

  /** Leaves due records to the nodes, which run their end handlers. */
  async #release(claims: readonly Claim[], store: Space): Promise<void> {
    if (claims.length > 0) await store.renew(claims, { now: this.#options.clock.now(), leaseMs: 0 })
  }
}
