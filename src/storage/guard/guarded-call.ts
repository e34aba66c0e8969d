import type { Clock } from '../../support/clock.js'
import type { Deadline, EpochMs } from '../contract.js'
import type { StorageError } from '../storage-error.js'
import type { Expiring } from './deadlines.js'

/** One call under way, and the deadline that its driver sees. */
export class GuardedCall implements Deadline, Expiring<GuardedCall> {
  readonly endsAt: EpochMs
  previous: GuardedCall | undefined = undefined
  next: GuardedCall | undefined = undefined
  readonly #clock: Clock
  readonly #onExpiry: () => StorageError
  #controller: AbortController | undefined
  #expiredWith: StorageError | undefined

  /** `onExpiry` rejects the caller's promise when the deadline has passed, and returns the error. */
  constructor(clock: Clock, lengthMs: number, onExpiry: () => StorageError) {
    this.#clock = clock
    this.endsAt = clock.now() + lengthMs
    this.#onExpiry = onExpiry
  }

  get isPast(): boolean {
    return this.#expiredWith !== undefined
  }

  get leftMs(): number {
    return this.isPast ? 0 : Math.max(0, this.endsAt - this.#clock.now())
  }

  /** Created when a driver reads it: most do not, and creating one takes longer than many calls. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#expiredWith) this.#controller.abort(this.#expiredWith)
    return this.#controller.signal
  }

  expire(): void {
    this.#expiredWith = this.#onExpiry()
    this.#controller?.abort(this.#expiredWith)
  }
}
