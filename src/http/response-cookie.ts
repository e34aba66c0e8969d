import type { CookieChange } from '../scopes/visitor-cookie.js'
import type { Exchange, ScopeCookie } from './scope-cookie.js'

/** What one response says about the cookie of one scope. It is asked to say it several times, since others drop headers. */
export class ResponseCookie {
  readonly #cookie: ScopeCookie
  readonly #exchange: Exchange
  #change: CookieChange = { kind: 'none' }
  #line: string | undefined

  constructor(cookie: ScopeCookie, exchange: Exchange) {
    this.#cookie = cookie
    this.#exchange = exchange
  }

  /** False when the response says so already. */
  write(change: CookieChange): boolean {
    if (change !== this.#change) {
      this.#change = change
      this.#line = this.#cookie.lineOf(this.#exchange, change)
    }
    return this.#cookie.put(this.#exchange, this.#line)
  }
}
