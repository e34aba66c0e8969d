import { answerOf } from '../config/schema/carriers.js'

/** The credentials that a client without cookies keeps: one for each header of a header carrier. */
export class Tokens {
  /** By the name of the header in requests. Empty: none yet. */
  readonly #tokens: Map<string, string>

  constructor(headers: readonly string[]) {
    this.#tokens = new Map(headers.map((name) => [name.toLowerCase(), '']))
  }

  /** Whether this client uses header carriers, so that it is no browser. */
  get areUsed(): boolean {
    return this.#tokens.size > 0
  }

  has(header: string): boolean {
    return this.#tokens.has(header)
  }

  /** The headers of a request. Without a token too: an empty header asks for an answer in a header. */
  *headers(): Generator<readonly [name: string, value: string]> {
    for (const [name, token] of this.#tokens)
      yield [name, name === 'authorization' ? `Bearer ${token}`.trimEnd() : token]
  }

  /** Takes what a response issues, or with an empty header revokes. */
  keep(response: Headers): void {
    for (const name of this.#tokens.keys()) {
      const token = response.get(answerOf(name))
      if (token !== null) this.#tokens.set(name, token)
    }
  }

  set(header: string, credential: string): void {
    this.#tokens.set(header, credential)
  }

  copy(): Tokens {
    const copy = new Tokens([])
    for (const [name, token] of this.#tokens) copy.#tokens.set(name, token)
    return copy
  }
}
