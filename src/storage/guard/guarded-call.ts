import type { Clock } from '../../support/clock.js'
import type { Mutable } from '../../support/mutable.js'
import type { CallOptions, Deadline, EpochMs } from '../contract.js'
import type { StorageError } from '../storage-error.js'
import type { Expiring } from './deadlines.js'

/** One call under way, and what its driver may know of its deadline. */
export class GuardedCall implements Deadline, Expiring {
  readonly #clock: Clock
  readonly #endsAt: EpochMs
  readonly #onExpiry: () => StorageError
  #controller: AbortController | undefined
  #expiredWith: StorageError | undefined

  /** `onExpiry` tells the caller that the deadline has passed; it returns the error that the caller got. */
  constructor(clock: Clock, lengthMs: number, onExpiry: () => StorageError) {
    this.#clock = clock
    this.#endsAt = clock.now() + lengthMs
    this.#onExpiry = onExpiry
  }

  get isPast(): boolean {
    return this.#expiredWith !== undefined
  }

  get leftMs(): number {
    return this.isPast ? 0 : Math.max(0, this.#endsAt - this.#clock.now())
  }

  /** Made when a driver asks for it: most need not, and making one takes longer than many a call. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#expiredWith) this.#controller.abort(this.#expiredWith)
    return this.#controller.signal
  }

  expire(): void {
    this.#expiredWith = this.#onExpiry()
    this.#controller?.abort(this.#expiredWith)
  }

  /** The caller's options with this deadline. */
  bound<Options extends CallOptions>(options: Options): Options {
    const bound: Mutable<CallOptions> = { ...options }
    bound.deadline = this
    return bound as Options
  }
}
