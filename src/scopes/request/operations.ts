import { AwaitedPromise } from '../../support/awaited-promise.js'

interface Failure {
  readonly operation: AwaitedPromise<unknown>
  readonly error: unknown
}

/** What becomes of the operations that are begun too late. */
export interface TooLate {
  refusal(): Error
  /** Called for each whose outcome the caller does not wait for. */
  report(): void
}

/**
 * What one request does to its record besides changing attributes: one operation after the other, in the order in which
 * they were begun, also where the handler forgot to await them.
 */
export class Operations {
  /** The one that the next has to wait for. */
  #last: AwaitedPromise<unknown> | undefined
  /** Made when the first operation begins: most requests have none. */
  #underWay: Set<AwaitedPromise<unknown>> | undefined
  #failures: readonly Failure[] | undefined
  #tooLate: TooLate | undefined

  /** Something was begun whose outcome is not known, or failed without being awaited. */
  get areOpen(): boolean {
    return this.#underWay !== undefined && (this.#underWay.size > 0 || this.#failures !== undefined)
  }

  /** Never makes an unhandled rejection: an error that the handler does not wait for is thrown by `finish`. */
  run<T>(task: () => Promise<T>): Promise<T> {
    return this.#tooLate ? refused(this.#tooLate) : this.#run(task)
  }

  /** Called when the final commit begins: an operation that is begun from here on is refused. */
  close(tooLate: TooLate): void {
    this.#tooLate = tooLate
  }

  #run<T>(task: () => Promise<T>): Promise<T> {
    const before = this.#last
    let begin = () => {}
    const operation = new AwaitedPromise<T>((resolve, reject) => {
      begin = () => void task().then(resolve, reject)
    })
    this.#last = operation
    this.#underWay ??= new Set()
    const underWay = this.#underWay.add(operation)
    const done = () => {
      underWay.delete(operation)
      if (this.#last === operation) this.#last = undefined
    }
    operation.watch(done, (error) => {
      this.#failures = [...(this.#failures ?? []), { operation, error }]
      done()
    })
    if (before) before.watch(begin, begin)
    else begin()
    return operation
  }

  /** Runs a part of an operation that may begin others: these do not wait for it, and end before it does. */
  async within<T>(part: () => T | Promise<T>): Promise<T> {
    const outer = this.#last
    this.#last = undefined
    try {
      const result = await part()
      await this.#idle()
      this.#throwUnseen()
      return result
    } finally {
      await this.#idle()
      this.#last = outer
    }
  }

  /**
   * Waits for everything that was begun. Throws the first error that the handler did not wait for; those after it are
   * thrown by the next calls, as long as `areOpen`.
   */
  async finish(): Promise<void> {
    for (const operation of this.#underWay ?? []) await outcomeOf(operation)
    this.#throwUnseen()
  }

  async #idle(): Promise<void> {
    while (this.#last) await outcomeOf(this.#last)
  }

  #throwUnseen(): void {
    while (this.#failures) {
      const [failure, ...others] = this.#failures
      this.#failures = others.length > 0 ? others : undefined
      if (failure && !failure.operation.isAwaited) throw failure.error
    }
  }
}

/** Resolves when the operation has ended, well or badly. */
const outcomeOf = (operation: AwaitedPromise<unknown>): Promise<void> =>
  new Promise((resolve) => operation.watch(resolve, () => resolve()))

/** An operation that rejects at once. Never makes an unhandled rejection. */
function refused<T>(tooLate: TooLate): Promise<T> {
  const operation = new AwaitedPromise<T>((_, reject) => reject(tooLate.refusal()))
  const lookLater = () => setImmediate(() => operation.isAwaited || tooLate.report())
  operation.watch(lookLater, lookLater)
  return operation
}
