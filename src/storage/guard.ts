import type { Clock } from '../support/clock.js'
import { reasonOf } from '../support/errors.js'
import type { Availability } from './availability.js'
import type { CallOptions } from './contract.js'
import { Deadlines } from './deadlines.js'
import { StorageError } from './errors.js'
import { GuardedCall } from './guarded-call.js'

export interface GuardOptions {
  /** The name of the cache, for messages. */
  readonly cache: string
  readonly deadlineMs: number
  readonly clock: Clock
  /** Hears the outcome of every call. */
  readonly availability: Availability
}

/** Ends every call to a driver within the deadline, and turns everything thrown into a StorageError. */
export class Guard {
  readonly options: GuardOptions
  readonly #deadlines: Deadlines<GuardedCall>

  constructor(options: GuardOptions) {
    this.options = options
    this.#deadlines = new Deadlines(options.clock, options.deadlineMs)
  }

  /**
   * The call gets options whose signal aborts at the deadline, or with the caller's own. `late` makes the error for the
   * deadline, if it means more than that.
   */
  run<T, O extends CallOptions>(
    operation: string,
    options: O,
    call: (bounded: O) => Promise<T>,
    late: (timeout: StorageError) => StorageError = (timeout) => timeout,
  ): Promise<T> {
    const { cache, deadlineMs } = this.options
    return new Promise<T>((resolve, reject) => {
      options.signal?.throwIfAborted()
      const guarded = new GuardedCall(options.signal, () => {
        const error = this.#failed(
          operation,
          late(new StorageError('STORAGE_TIMEOUT', { cache, operation, deadlineMs })),
        )
        reject(error)
        return error
      })
      this.#deadlines.begin(guarded)
      this.wrapped(operation, () => call(guarded.bounded(options, deadlineMs))).then(
        (result) => {
          this.#deadlines.end(guarded)
          resolve(result)
        },
        (error) => {
          this.#deadlines.end(guarded)
          reject(error)
        },
      )
    })
  }

  /** As `run` without a deadline, for the calls that must end in their own time. */
  async wrapped<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      const result = await call()
      this.options.availability.succeeded()
      return result
    } catch (thrown) {
      throw this.#failed(operation, thrown)
    }
  }

  #failed(operation: string, thrown: unknown): StorageError {
    const { availability, cache } = this.options
    const error =
      thrown instanceof StorageError
        ? thrown
        : new StorageError('STORAGE_FAILED', { cache, operation, reason: reasonOf(thrown) }, { cause: thrown })
    availability.failed(error)
    return error
  }
}
