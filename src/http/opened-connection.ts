import { type ConnectionBinding, LiveConnection } from '../scopes/connections/live-connection.js'
import type { HeaderPair } from './header-pairs.js'

/** A live connection that an HTTP request has opened. */
export class OpenedConnection<Members> extends LiveConnection<Members> {
  readonly #headers: readonly HeaderPair[]

  constructor(binding: ConnectionBinding, headers: readonly HeaderPair[]) {
    super(binding)
    this.#headers = headers
  }

  /**
   * The headers to send with the response that opens the connection: the cookie of a session that has begun with it, and
   * what `open` set. They hold a secret, so they are for that response only.
   */
  get headers(): readonly HeaderPair[] {
    return this.#headers
  }
}
