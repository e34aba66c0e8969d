import { setImmediate } from 'node:timers/promises'
import type { Claim } from '../../storage/contract.js'
import { isOutage } from '../../storage/guard/availability.js'
import { moved, vacant } from '../../storage/record.js'
import type { Cancel } from '../../support/clock.js'
import type { ScopeEnvironment } from '../environment.js'
import { endedRecord } from './ended-record.js'
import { type EndHandler, runEndHandler } from './run-end-handler.js'
import { Settlements } from './settlements.js'

/** The parts of a scope that the reaper calls. */
export interface ReaperDuties {
  /** Called before each sweep. False: this sweep ends no record. */
  prepare(): Promise<boolean>
  /** Called when this node has claimed a record. */
  onClaim(id: string): void
}

const sweepMs = 1_000
/** How many end handlers of one scope run at a time on this node. */
const width = 100
const leaseMs = 30_000
const mostAttempts = 5
const firstRetryMs = 1_000

/**
 * Ends expired and ended records: claims each, so that only one node runs its end handler, renews the claim while the
 * handler runs, and settles it. A handler that throws is tried again, after a longer pause each time, on any node.
 */
export class Reaper {
  readonly #environment: ScopeEnvironment
  readonly #duties: ReaperDuties
  readonly #onEnd: EndHandler | undefined
  readonly #settlements: Settlements
  readonly #sweeps = new Set<Promise<void>>()
  readonly #ends = new Set<Promise<void>>()
  #next: Cancel | undefined
  #stopped = true
  #hasSeenMoves = false

  constructor(environment: ScopeEnvironment, duties: ReaperDuties, onEnd?: EndHandler) {
    this.#environment = environment
    this.#duties = duties
    this.#onEnd = onEnd
    this.#settlements = new Settlements(environment)
  }

  start(): void {
    this.#stopped = false
    this.#sweepLater()
  }

  /** Begins no further ends. Resolves when the handlers under way have finished. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#next?.()
    await this.idle()
  }

  /** Resolves when the sweeps and the end handlers that are under way now have finished. */
  async idle(): Promise<void> {
    await Promise.all(this.#sweeps)
    await Promise.all(this.#ends)
  }

  /** Ends one record that is due already, without waiting for the next sweep. */
  endSoon(id: string): void {
    if (!this.#stopped) this.#track(this.#sweeps, this.#claim({ limit: 1, id }))
  }

  #sweepLater(): void {
    const jitter = 0.9 + Math.random() / 5
    this.#next = this.#environment.clock.schedule(() => {
      const sweep = this.#sweep().finally(() => {
        if (!this.#stopped) this.#sweepLater()
      })
      this.#track(this.#sweeps, sweep)
    }, sweepMs * jitter)
  }

  /** Claims until no due record is found: a store may return only a part of them at a time. */
  async #sweep(): Promise<void> {
    if (!(await this.#duties.prepare())) return
    while (!this.#stopped) {
      const room = width - this.#ends.size
      if (room <= 0) await this.#someEnd()
      else if ((await this.#claim({ limit: room })) === 0) return
    }
  }

  /** Waits until some ends have finished. Claims settled together finish together, and one call can then claim for all of them. */
  async #someEnd(): Promise<void> {
    await Promise.race(this.#ends)
    await setImmediate()
  }

  async #claim(which: { readonly limit: number; readonly id?: string }): Promise<number> {
    const { clock, space } = this.#environment
    const claims = await space.claimExpired({ ...which, now: clock.now(), leaseMs })
    for (const claim of claims) {
      this.#duties.onClaim(claim.record.id)
      this.#track(this.#ends, this.#end(claim))
    }
    return claims.length
  }

  async #end(claim: Claim): Promise<void> {
    const stopRenewing = this.#keep(claim)
    try {
      if (await this.#handled(claim)) await this.#settlements.settle(claim)
    } finally {
      stopRenewing()
    }
  }

  /** Runs the end handler. True if the record may be deleted. */
  async #handled(claim: Claim): Promise<boolean> {
    if (claim.record.ending === vacant) return true
    if (claim.record.ending === moved) return this.#leave(claim)
    const { settings, clock, emit, kind: scope, log } = this.#environment
    const ended = endedRecord(this.#environment, claim)
    const { id, reason, attempt } = ended
    const fields = { scope, id, reason, attempt }
    if (clock.now() - (claim.record.expiresAt ?? clock.now()) > settings.endGraceMs) {
      log.warn(fields, 'a record expired longer ago than endGrace; its end handler does not run')
      return true
    }
    try {
      await runEndHandler(this.#environment, ended, this.#onEnd)
      emit(`${scope}:end`, fields)
      return true
    } catch (error) {
      if (attempt >= mostAttempts) {
        log.error({ ...fields, err: error }, 'an end handler failed for the last time; the record is deleted')
        emit(`${scope}:dead-letter`, { ...fields, error })
        return true
      }
      log.error({ ...fields, err: error }, 'an end handler failed and will be tried again')
      await this.#hold(claim, firstRetryMs * 2 ** (attempt - 1))
      return false
    }
  }

  /** A record on its way to another store, which this node does not know, is left to the nodes that do: it has not ended. */
  #leave({ record }: Claim): false {
    if (this.#hasSeenMoves) return false
    this.#hasSeenMoves = true
    const { kind: scope, log, settings } = this.#environment
    log.warn(
      { scope, cache: settings.storage, id: record.id },
      'a record of this cache is on its way to another one, by a node whose configuration names both; visitors whose records have moved are unknown to this node. Give all nodes the same storage: { write, fallback }.',
    )
    return false
  }

  /** Renews the claim until the returned function is called. */
  #keep(claim: Claim): Cancel {
    const { clock } = this.#environment
    let cancel = () => {}
    const renewLater = () => {
      cancel = clock.schedule(() => {
        renewLater()
        this.#track(this.#ends, this.#hold(claim, leaseMs))
      }, leaseMs / 3)
    }
    renewLater()
    return () => cancel()
  }

  /** Renews the claim for `ms`; after that, the record may be claimed again. */
  async #hold(claim: Claim, ms: number): Promise<void> {
    const { clock, kind: scope, log, space } = this.#environment
    const held = await space.renew([claim], { now: clock.now(), leaseMs: ms })
    if (held.length === 0) log.warn({ scope, id: claim.record.id }, 'a claim was lost; its end handler may run twice')
  }

  #track(set: Set<Promise<void>>, run: Promise<unknown>): void {
    const { kind: scope, log } = this.#environment
    const tracked: Promise<void> = run
      .then(() => {})
      .catch((error) => {
        // An unavailable store is reported already, and would be reported every second.
        const level = isOutage(error) ? 'debug' : 'error'
        log[level]({ scope, err: error }, 'ending records failed and will be tried again')
      })
      .finally(() => set.delete(tracked))
    set.add(tracked)
  }
}
