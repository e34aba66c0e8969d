import { randomUUID } from 'node:crypto'
import { ScopesError } from '../../errors/scopes-error.js'
import type { LockResult } from '../../storage/contract.js'
import { isOutage } from '../../storage/guard/availability.js'
import { Backoff } from '../../support/backoff.js'
import { type Cancel, wait } from '../../support/clock.js'
import { checkFunction } from './arguments.js'
import type { RequestScope } from './request-scope.js'

export interface LockTimes {
  /** How long to wait for the lock, in milliseconds. */
  readonly waitMs: number
  /** How long the lock stays taken after its node dies, in milliseconds. It is renewed while the function runs. */
  readonly leaseMs: number
  /** How long the function may hold it, in milliseconds. */
  readonly holdMs: number
}

const firstPollMs = 5
const longestPollMs = 250
/** Where releases are reported the store is asked in between too, because the lease of a node that died runs out without a report. */
const reportedPollMs = 1_000

/**
 * Runs `fn` while no other request, on any node, holds the lock of this record. Earlier changes are saved first, because the
 * record is read again before `fn`. The save after `fn` carries the lock's token, so that a process that slept past its
 * lease saves nothing. If `fn` throws, its changes are discarded. A record that is not stored yet needs no lock, because no
 * other request knows it.
 *
 * If the lock is lost, the call ends at once with LOCK_LOST. The function may go on after that, so this request can change
 * the scope no more. A function that never ends loses its lock after `holdMs`. Throws LOCK_NOT_TAKEN, LOCK_BUSY, LOCK_LOST,
 * LOCKS_UNSUPPORTED, SCOPE_SEALED, SCOPE_LOST.
 */
export async function withLock<T>(
  request: RequestScope,
  fn: (signal: AbortSignal) => T | Promise<T>,
  times: LockTimes,
): Promise<T> {
  checkFunction('What lock() runs', fn)
  request.scope.storedFor('lock()')
  const id = request.record?.stored ? request.record.id : undefined
  if (id === undefined) return withoutLock(request, fn)
  await request.commit()
  const { clock } = request.scope.environment
  const until = clock.now() + times.waitMs
  const leave = await request.scope.lockQueue.enter(id, times.waitMs)
  const lock = new Lock(request, id, times)
  try {
    await lock.take(until - clock.now())
  } catch (error) {
    leave()
    throw error
  }
  try {
    await request.reload()
    const result = await endOrLoss(request, lock.signal, fn)
    if (request.hasChanges) await request.commitWith({ lockToken: lock.token })
    return result
  } catch (error) {
    request.discard()
    throw error
  } finally {
    await lock.release().finally(leave)
  }
}

async function withoutLock<T>(request: RequestScope, fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  if (request.hasChanges) await request.commit()
  try {
    return await request.operations.within(() => fn(new AbortController().signal))
  } catch (error) {
    request.discard()
    request.abandon()
    throw error
  }
}

/** Runs `fn` until it ends, or until the lock is lost. */
function endOrLoss<T>(
  request: RequestScope,
  signal: AbortSignal,
  fn: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const lose = () => {
      request.state.become('unlocked')
      reject(signal.reason)
    }
    signal.addEventListener('abort', lose)
    request.operations
      .within(() => fn(signal))
      .finally(() => signal.removeEventListener('abort', lose))
      .then(resolve, reject)
  })
}

class Lock {
  readonly token = randomUUID()
  readonly #request: RequestScope
  readonly #id: string
  readonly #times: LockTimes
  readonly #lost = new AbortController()
  /** The end of the lease, unless it is renewed before. */
  #until = 0
  /** The time from which the lease is not renewed. */
  #longestUntil = 0
  #renewal: Cancel = () => {}

  constructor(request: RequestScope, id: string, times: LockTimes) {
    this.#request = request
    this.#id = id
    this.#times = times
  }

  get signal(): AbortSignal {
    return this.#lost.signal
  }

  async take(waitMs: number): Promise<void> {
    const { clock } = this.#request.scope.environment
    const until = clock.now() + waitMs
    const pauses = new Backoff(firstPollMs, longestPollMs)
    while (!(await this.#takesBefore(until, pauses)))
      if (clock.now() >= until)
        throw new ScopesError('LOCK_NOT_TAKEN', { scope: this.#request.scope.kind, id: this.#id, waitMs })
    this.#longestUntil = clock.now() + this.#times.holdMs
    this.#renewLater()
  }

  async release(): Promise<void> {
    this.#renewal()
    const { clock, space } = this.#request.scope.storedFor('lock()')
    await space.unlock?.(this.#id, { token: this.token, now: clock.now() })
  }

  /** Asks for the lock. If it is held, waits for a reason to ask again. */
  async #takesBefore(until: number, pauses: Backoff): Promise<boolean> {
    const { scope } = this.#request
    const { clock } = scope.environment
    const { released, forget } = scope.releases.expect(this.#id)
    try {
      if ((await this.#askForStored()) !== 'held') return true
      const pauseMs = scope.upkeep?.hearsReleases ? reportedPollMs : pauses.next()
      if (clock.now() < until) await wait(clock, Math.min(pauseMs, until - clock.now()), released)
      return false
    } finally {
      forget()
    }
  }

  /** Asks for the lock. In memory-first mode the record may not be in the store yet: a reload saves it, or finds out that it has ended. */
  async #askForStored(): Promise<LockResult> {
    const result = await this.#ask()
    if (result !== 'missing') return result
    await this.#request.reload()
    return this.#ask()
  }

  async #ask(): Promise<LockResult> {
    const { clock, settings, space } = this.#request.scope.storedFor('lock()')
    if (!space.lock)
      throw new ScopesError('LOCKS_UNSUPPORTED', { scope: this.#request.scope.kind, cache: settings.storage })
    const now = clock.now()
    const { leaseMs } = this.#times
    const result = await space.lock(this.#id, { token: this.token, leaseMs, now })
    if (result === 'taken') this.#until = now + leaseMs
    return result
  }

  #renewLater(): void {
    const { clock } = this.#request.scope.environment
    const delayMs = Math.min(this.#times.leaseMs / 3, this.#longestUntil - clock.now())
    this.#renewal = clock.schedule(() => void this.#renew(), delayMs)
  }

  /** Renews the lease. One that has run out is lost: another request may have held the lock since, and released it. */
  async #renew(): Promise<void> {
    const { clock, kind: scope, log } = this.#request.scope.environment
    try {
      if (clock.now() >= this.#longestUntil)
        log.warn({ scope, id: this.#id, holdMs: this.#times.holdMs }, 'a lock was held for too long, and is lost')
      else if (clock.now() < this.#until && (await this.#ask()) === 'taken') return this.#renewLater()
    } catch (error) {
      const level = isOutage(error) ? 'debug' : 'warn' // the cache reports an outage
      log[level]({ scope, id: this.#id, err: error }, 'a lock could not be renewed')
    }
    this.#lost.abort(new ScopesError('LOCK_LOST', { scope, id: this.#id }))
  }
}
