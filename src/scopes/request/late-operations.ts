import type { TooLate } from './operations.js'
import type { RequestScope } from './request-scope.js'

/** Called when the final commit of a request begins. `where` returns its route, for the log. */
export const closeOperations = (request: RequestScope, where: () => string): void =>
  request.operations.close(new BegunTooLate(request, where))

/** A class, so that a request makes one object for it: nearly none begins an operation too late. */
class BegunTooLate implements TooLate {
  readonly #request: RequestScope
  readonly #where: () => string

  constructor(request: RequestScope, where: () => string) {
    this.#request = request
    this.#where = where
  }

  refusal(): Error {
    return this.#request.scope.lateOperations.refusal()
  }

  report(): void {
    this.#request.scope.lateOperations.report(this.#request.record?.id, this.#where())
  }
}
