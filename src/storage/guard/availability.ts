import { isScopesError, type ScopesError } from '../../errors/scopes-error.js'
import type { Clock } from '../../support/clock.js'
import type { EpochMs } from '../contract.js'

/** An outage that is over. */
export interface PastOutage {
  /** The time from the first failed call to the first call that the store answered again, in milliseconds. */
  readonly lastedMs: number
  /** How many calls failed meanwhile. */
  readonly failures: number
}

/** Called at each switch: with an error if the store has become unavailable, with the past outage if it is available again. */
export type AvailabilityListener = (error: unknown, past?: PastOutage) => void

/** Called with an error whose remedy is another one than those of the present outage so far, at most four times in an outage. */
export type ReasonListener = (error: unknown) => void

/** The reasons reported in one outage, so that no store can fill the log. */
const mostReasons = 5

/** After a failure, a store is available again once a call succeeds and none has failed for this long. */
const steadyMs = 1_000

/** Whether a store can be reached, derived from the outcome of every call to it. */
export class Availability {
  readonly #clock: Clock
  readonly #listeners: AvailabilityListener[] = []
  readonly #reasonListeners: ReasonListener[] = []
  /** The remedies for the present or last outage. */
  #remedies = new Set<string>()
  #unavailableSince: EpochMs | undefined
  #failedAt = 0
  #outages = 0
  #failures = 0
  /** The failures before the present or last outage. */
  #failuresBefore = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Absent while the store can be reached. */
  get unavailableSince(): EpochMs | undefined {
    return this.#unavailableSince
  }

  /** How often the store has become unavailable. */
  get outages(): number {
    return this.#outages
  }

  /** How many calls have failed because the store was unavailable. */
  get failures(): number {
    return this.#failures
  }

  listen(listener: AvailabilityListener): void {
    this.#listeners.push(listener)
  }

  /** An outage often begins with a closed connection, and only the refusal of the next one says what to do. */
  listenToReasons(listener: ReasonListener): void {
    this.#reasonListeners.push(listener)
  }

  succeeded(): void {
    const since = this.#unavailableSince
    if (since === undefined || this.#clock.now() - this.#failedAt < steadyMs) return
    this.#unavailableSince = undefined
    const past = { lastedMs: Math.round(this.#clock.now() - since), failures: this.#failures - this.#failuresBefore }
    for (const listener of this.#listeners) listener(undefined, past)
  }

  failed(failure: unknown): void {
    const error = outageOf(failure)
    if (!error) return
    this.#failures += 1
    this.#failedAt = this.#clock.now()
    if (this.#unavailableSince === undefined) this.#begin(error)
    else this.#goesOn(error)
  }

  #begin(error: ScopesError): void {
    this.#failuresBefore = this.#failures - 1
    this.#unavailableSince = this.#failedAt
    this.#outages += 1
    this.#remedies = new Set([error.remedy])
    for (const listener of this.#listeners) listener(error)
  }

  #goesOn(error: ScopesError): void {
    if (this.#remedies.has(error.remedy) || this.#remedies.size >= mostReasons) return
    this.#remedies.add(error.remedy)
    for (const listener of this.#reasonListeners) listener(error)
  }
}

/** What an operator can do something about: of a save that may have been applied, why its answer is missing. */
function outageOf(failure: unknown): ScopesError | undefined {
  if (isScopesError(failure, 'SAVE_UNCERTAIN') && isOutage(failure.cause)) return failure.cause
  return isOutage(failure) ? failure : undefined
}

/** Whether an error leaves open whether the store has applied the change. */
export const isUncertain = (error: unknown): boolean =>
  isScopesError(error, 'STORAGE_UNANSWERED') ||
  isScopesError(error, 'STORAGE_TIMEOUT') ||
  isScopesError(error, 'SAVE_UNCERTAIN')

/** Whether an error means that the store was not reached or did not answer. */
export const isOutage = (error: unknown): error is ScopesError =>
  isScopesError(error, 'STORAGE_UNAVAILABLE') || isUncertain(error)
