import type { CallOptions } from './contract.js'
import type { StorageError } from './errors.js'

/** One call under way: what its driver may know of its deadline. */
export class GuardedCall {
  readonly #callersSignal: AbortSignal | undefined
  readonly #onExpiry: () => StorageError
  #controller: AbortController | undefined
  #expiredWith: StorageError | undefined

  /** `onExpiry` tells the caller that the deadline has passed, and with which error. */
  constructor(callersSignal: AbortSignal | undefined, onExpiry: () => StorageError) {
    this.#callersSignal = callersSignal
    this.#onExpiry = onExpiry
  }

  /** Aborts at the deadline, or with the caller's own. Made when a driver asks for it, which most need not. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#expiredWith) this.#controller.abort(this.#expiredWith)
    const { signal } = this.#controller
    return this.#callersSignal ? AbortSignal.any([this.#callersSignal, signal]) : signal
  }

  /** The caller's options with this deadline. */
  bounded<O extends CallOptions>(options: O, timeoutMs: number): O {
    const { signal: _, ...others } = options
    return Object.assign(new BoundedOptions(this, timeoutMs), others) as O & BoundedOptions
  }

  expire(): void {
    this.#expiredWith = this.#onExpiry()
    this.#controller?.abort(this.#expiredWith)
  }
}

/** A class, because a signal that is made when it is asked for would cost a microsecond in every copy of the options. */
class BoundedOptions {
  readonly timeoutMs: number
  readonly #call: GuardedCall

  constructor(call: GuardedCall, timeoutMs: number) {
    this.timeoutMs = timeoutMs
    this.#call = call
  }

  get signal(): AbortSignal {
    return this.#call.signal
  }
}
