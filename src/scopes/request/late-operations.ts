import { ScopesError } from '../../errors/scopes-error.js'
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
    return new ScopesError('SCOPE_CLOSED', { scope: this.#request.scope.kind })
  }

  report(): void {
    this.#request.scope.lateOperations.report(this.#request.record?.id, this.#where())
  }
}

/**
 * Waits for the operations that were begun on these scopes and not awaited; undefined if there are none. Resolves with the
 * errors of those whose outcome is not awaited either.
 */
export function finishOperations(requests: readonly RequestScope[]): Promise<readonly unknown[]> | undefined {
  return requests.some(hasOpen) ? finishOpen(requests) : undefined
}

async function finishOpen(requests: readonly RequestScope[]): Promise<readonly unknown[]> {
  const errors: unknown[] = []
  for (let open = requests.find(hasOpen); open; open = requests.find(hasOpen))
    await open.operations.finish().catch((error) => errors.push(error))
  return errors
}

const hasOpen = ({ operations }: RequestScope) => operations.areOpen
