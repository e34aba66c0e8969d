import type { ServerResponse } from 'node:http'
import { stringifySetCookie } from 'cookie'
import type { CookieConfig, ScopeConfig } from '../config/config.js'
import type { CookieChange } from '../scopes/visitor-cookie.js'

/** Browsers cap every cookie's life here. */
const longestMaxAgeSeconds = 400 * 86_400

/** As much of a Koa context as cookies need. */
interface Exchange {
  readonly res: ServerResponse
  readonly secure: boolean
}

/** The cookie of one scope: its name, and how it is put on a response. */
export class ScopeCookie {
  readonly #config: CookieConfig
  readonly #maxAge: number | undefined

  constructor({ cookie, timeoutMs }: Pick<ScopeConfig, 'cookie' | 'timeoutMs'>) {
    this.#config = cookie
    const seconds = timeoutMs === null ? longestMaxAgeSeconds : Math.ceil(timeoutMs / 1000)
    this.#maxAge = cookie.persistent ? Math.min(seconds, longestMaxAgeSeconds) : undefined
  }

  /** On secure requests the name takes `__Host-` if the configuration asks for it. */
  nameFor(request: { readonly secure: boolean }): string {
    return this.#config.hostPrefix && request.secure ? `__Host-${this.#config.name}` : this.#config.name
  }

  /** Puts the change in place of whatever this response says about this cookie so far. */
  write(exchange: Exchange, change: CookieChange): void {
    const { res: response, secure } = exchange
    const name = this.nameFor(exchange)
    const others = [response.getHeader('set-cookie') ?? []]
      .flat()
      .map(String)
      .filter((it) => !it.startsWith(`${name}=`))
    const cookies = change.kind === 'none' ? others : [...others, this.#serialize(name, change, secure)]
    if (cookies.length > 0) response.setHeader('Set-Cookie', cookies)
    else response.removeHeader('Set-Cookie')
  }

  #serialize(name: string, change: Exclude<CookieChange, { kind: 'none' }>, isSecure: boolean): string {
    const { path, domain, sameSite, secure, httpOnly } = this.#config
    const isClearing = change.kind === 'clear'
    const maxAge = isClearing ? 0 : this.#maxAge
    return stringifySetCookie({
      name,
      value: isClearing ? '' : change.value,
      path,
      sameSite,
      httpOnly,
      secure: secure === 'auto' ? isSecure : secure,
      ...(domain !== undefined && { domain }),
      ...(maxAge !== undefined && { maxAge }),
      ...(isClearing && { expires: new Date(0) }),
    })
  }
}
