import type { CallOptions } from '../contract.js'
import type { StorageError } from '../storage-error.js'
import type { Expiring } from './deadlines.js'

/** One call under way: what its driver may know of its deadline. */
export class GuardedCall implements Expiring {
  readonly #onExpiry: () => StorageError
  #controller: AbortController | undefined
  #expiredWith: StorageError | undefined

  /** `onExpiry` tells the caller that the deadline has passed, and with which error. */
  constructor(onExpiry: () => StorageError) {
    this.#onExpiry = onExpiry
  }

  /** Aborts at the deadline. Made when a driver asks for it, which most need not. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#expiredWith) this.#controller.abort(this.#expiredWith)
    return this.#controller.signal
  }

  get isExpired(): boolean {
    return this.#expiredWith !== undefined
  }

  expire(): void {
    this.#expiredWith = this.#onExpiry()
    this.#controller?.abort(this.#expiredWith)
  }
}

/** The caller's options with a deadline. A class, because a copy would ask for the signal and so make it. */
export class BoundedOptions {
  readonly timeoutMs: number
  readonly #call: GuardedCall

  private constructor(call: GuardedCall, timeoutMs: number) {
    this.timeoutMs = timeoutMs
    this.#call = call
  }

  static of<O extends CallOptions>(options: O, call: GuardedCall, timeoutMs: number): O {
    return Object.assign(new BoundedOptions(call, timeoutMs), options) as unknown as O
  }

  get signal(): AbortSignal {
    return this.#call.signal
  }

  get hasGivenUp(): boolean {
    return this.#call.isExpired
  }
}
