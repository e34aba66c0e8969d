import type { Begun } from '../scopes/request/begin.js'
import type { Presentation } from '../scopes/request/directory.js'
import type { Carrier, Exchange } from './carrier.js'

/** The carriers of one scope, in the order of the configuration. */
export class Carriers {
  readonly #all: readonly [Carrier, ...Carrier[]]
  /** The request headers that a response depends on, for `Vary`: all of them decide which carrier answers. */
  readonly headers: string

  constructor(...all: readonly [Carrier, ...Carrier[]]) {
    this.#all = all
    this.headers = all.map(({ header }) => header).join(', ')
  }

  /**
   * The carrier that an exchange uses: it reads the request's credentials, and writes those of the response. The first of
   * all if the request uses none.
   */
  of(exchange: Exchange): Carrier {
    const [first, ...others] = this.#all
    if (others.length === 0) return first
    return this.#all.find((carrier) => carrier.isUsedBy(exchange)) ?? first
  }

  /** How clients present a credential that no response has issued. */
  present(begun: Begun): Presentation {
    const presented = this.#all.map((carrier) => carrier.present(begun))
    return {
      headers: Object.fromEntries(presented.map(({ header }) => header)),
      setCookie: presented.flatMap(({ setCookie }) => setCookie),
    }
  }
}
