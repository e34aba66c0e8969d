import type { ServerResponse } from 'node:http'
import { stringifySetCookie } from 'cookie'
import type { Exchange } from './carrier.js'
import { putCookieLines } from './set-cookie-lines.js'

/** A cookie of an earlier program. Browsers remove it only if path and domain are those that it was set with. */
export interface OldCookie {
  readonly name: string
  /** Default: `/`. */
  readonly path?: string
  /** Default: the host that set it. */
  readonly domain?: string
}

/** Cookies of an earlier program that a response removes. */
export class ClearedCookies {
  readonly #names: readonly string[]
  readonly #lines: readonly string[]

  constructor(cookies: readonly OldCookie[], { secure }: Pick<Exchange, 'secure'>) {
    this.#names = cookies.map(({ name }) => name)
    this.#lines = cookies.map(({ name, path = '/', domain }) =>
      stringifySetCookie({
        name,
        value: '',
        path,
        secure,
        httpOnly: true,
        maxAge: 0,
        expires: new Date(0),
        ...(domain !== undefined && { domain }),
      }),
    )
  }

  /** To be called again if other code may have dropped headers. */
  putIn(response: ServerResponse): void {
    putCookieLines(response, this.#names, this.#lines)
  }
}
