import { channels } from '../../diagnostics/channels.js'
import { reasonOf } from '../../errors/scopes-error.js'
import type { Clock } from '../../support/clock.js'
import type { Deadline } from '../contract.js'
import { StorageError } from '../storage-error.js'
import type { Availability } from './availability.js'
import { Deadlines } from './deadlines.js'
import { GuardedCall } from './guarded-call.js'
import { type CallNaming, PublishedCalls } from './published-calls.js'

export interface GuardOptions {
  /** The name of the cache, for messages. */
  readonly cache: string
  /** The name of its driver, for what is published. */
  readonly driver: string
  readonly deadlineMs: number
  readonly clock: Clock
  /** Informed of the outcome of every call. */
  readonly availability: Availability
}

/** Turns the error of a passed deadline into a more exact one. */
type Late = (timeout: StorageError) => StorageError

/** Ends every call to a driver within the deadline, turns everything thrown into a StorageError, and publishes the call. */
export class Guard {
  readonly options: GuardOptions
  readonly published: PublishedCalls
  readonly #deadlines: Deadlines<GuardedCall>

  constructor(
    options: GuardOptions,
    published = new PublishedCalls(options),
    deadlines = new Deadlines<GuardedCall>(options.clock, options.deadlineMs),
  ) {
    this.options = options
    this.published = published
    this.#deadlines = deadlines
  }

  /** The same guard, for the calls of one space. */
  of(space: string, naming?: CallNaming): Guard {
    return new Guard(this.options, new PublishedCalls(this.options, space, naming), this.#deadlines)
  }

  /**
   * Runs a call with a deadline, for its options. Every call of every request runs through here, so it makes one promise, and
   * no signal unless a driver reads it.
   */
  run<T>(operation: string, call: (deadline: Deadline) => Promise<T>, late?: Late): Promise<T> {
    return channels.store.hasSubscribers
      ? this.published.run(operation, () => this.#run(operation, call, late))
      : this.#run(operation, call, late)
  }

  /** Same as `run`, but without a deadline, for calls that may take long. */
  wrapped<T>(operation: string, call: () => Promise<T>): Promise<T> {
    return channels.store.hasSubscribers
      ? this.published.run(operation, () => this.#wrapped(operation, call))
      : this.#wrapped(operation, call)
  }

  #run<T>(operation: string, call: (deadline: Deadline) => Promise<T>, late: Late = itself): Promise<T> {
    const { availability, cache, clock, deadlineMs } = this.options
    return new Promise<T>((resolve, reject) => {
      const guarded = new GuardedCall(clock, deadlineMs, () => {
        const timeout = new StorageError('STORAGE_TIMEOUT', { cache, operation, deadlineMs })
        const error = this.#failed(operation, late(timeout))
        reject(error)
        return error
      })
      const succeed = (result: T) => {
        this.#deadlines.end(guarded)
        availability.succeeded()
        resolve(result)
      }
      const fail = (thrown: unknown) => {
        this.#deadlines.end(guarded)
        reject(this.#failed(operation, thrown))
      }
      this.#deadlines.begin(guarded)
      try {
        call(guarded).then(succeed, fail)
      } catch (thrown) {
        fail(thrown)
      }
    })
  }

  async #wrapped<T>(operation: string, call: () => Promise<T>): Promise<T> {
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

const itself: Late = (timeout) => timeout
