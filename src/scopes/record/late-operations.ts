import { FirstTimes } from '../../support/first-times.js'
import type { ScopeBasics } from '../environment.js'

/**
 * The operations of one scope that were begun after the final commit of their request, in a timer or a promise that the
 * handler did not wait for. They do nothing and reject; those that the caller does not wait for are reported here.
 */
export class LateOperations {
  readonly #environment: Pick<ScopeBasics, 'emit' | 'kind' | 'log'>
  readonly #warned = new FirstTimes()

  constructor(environment: Pick<ScopeBasics, 'emit' | 'kind' | 'log'>) {
    this.#environment = environment
  }

  /** Emits an event for each, and logs the first of each place. `where`: the route, or the function of the directory. */
  report(id: string | undefined, where: string): void {
    const { emit, kind: scope, log } = this.#environment
    emit('scope:late-operation', { scope, id, where })
    if (this.#warned.isFirst(where))
      log.warn({ scope, id, where }, 'an operation was begun after the final commit, and did nothing')
  }
}
