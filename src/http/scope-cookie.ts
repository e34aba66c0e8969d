import type { ServerResponse } from 'node:http'
import { stringifySetCookie } from 'cookie'
import type { CookieConfig, ScopeConfig } from '../config/config.js'
import type { CookieChange } from '../scopes/visitor-cookie.js'

/** Browsers cap every cookie's life here. */
const longestMaxAgeSeconds = 400 * 86_400

/** As much of a Koa context as cookies need. */
export interface Exchange {
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

  /** As the header has it; undefined for no change. */
  lineOf(request: Pick<Exchange, 'secure'>, change: CookieChange): string | undefined {
    return change.kind === 'none' ? undefined : this.#serialize(this.nameFor(request), change, request.secure)
  }

  /** Puts the line, or none, in place of whatever this response says about this cookie so far; false when it says just that. */
  put(exchange: Exchange, line: string | undefined): boolean {
    const { res: response } = exchange
    const start = `${this.nameFor(exchange)}=`
    const present = [response.getHeader('set-cookie') ?? []].flat().map(String)
    const others = present.filter((it) => !it.startsWith(start))
    const lines = line === undefined ? others : [...others, line]
    if (lines.length === present.length && (line === undefined || present.includes(line))) return false
    if (lines.length > 0) response.setHeader('Set-Cookie', lines)
    else response.removeHeader('Set-Cookie')
    return true
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
