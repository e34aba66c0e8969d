import type { IncomingMessage } from 'node:http'
import { stringifySetCookie } from 'cookie'
import type { CookieConfig } from '../config/config.js'
import { type Credential, formatCredential } from '../scopes/record/credential.js'
import type { Begun } from '../scopes/request/begin.js'
import type { Confirmed, Issued } from '../scopes/request/visitor-credential.js'
import type { Clock } from '../support/clock.js'
import { isLonger } from '../support/duration.js'
import type { Carrier, Exchange, Presented, Reply } from './carrier.js'
import { presentedCookies } from './presented-cookies.js'
import type { ProxyAdvice } from './proxy-advice.js'
import { renewalStepOf } from './renewal.js'
import { putCookieLines } from './set-cookie-lines.js'

/** The longest life of a cookie in browsers. */
const longestMaxAgeSeconds = 400 * 86_400

/** Whether the request, by its method, only reads. */
const isSafe = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** What a cookie needs to know of its scope. */
export interface CookieSettings {
  readonly cookie: CookieConfig
  /** The idle timeout of the scope; null: never. */
  readonly timeoutMs: number | null
}

/** Carries the credential of one scope in a cookie. */
export class CookieCarrier implements Carrier {
  readonly header = 'Cookie'
  readonly isAmbient = true
  readonly #config: CookieConfig
  readonly #timeoutMs: number | null
  readonly #clock: Clock
  readonly #advice: ProxyAdvice

  constructor({ cookie, timeoutMs }: CookieSettings, clock: Clock, advice: ProxyAdvice) {
    this.#config = cookie
    this.#timeoutMs = timeoutMs
    this.#clock = clock
    this.#advice = advice
  }

  isUsedBy(exchange: Exchange): boolean {
    return this.credentialsIn(exchange).length > 0
  }

  credentialsIn(exchange: Exchange): readonly Credential[] {
    this.#advice.look(exchange)
    return presentedCookies(exchange.req, this.nameFor(exchange))
  }

  /** Browsers say that a site other than this one made the request. Lax cookies go with links from there, strict ones do not. */
  leavesOut({ req }: Exchange): boolean {
    const { sameSite } = this.#config
    if (sameSite === 'none' || req.headers['sec-fetch-site'] !== 'cross-site') return false
    return !isSafe(req) || (sameSite === 'strict' && req.headers['sec-fetch-mode'] === 'navigate')
  }

  /** With `hostPrefix`, under both names: this server may see the client's requests as secure or not. */
  present({ credential, timeoutMs }: Begun): Presented {
    const value = this.#valueOf(credential)
    const exchanges = this.#config.hostPrefix ? [{ secure: false }, { secure: true }] : [{ secure: false }]
    return {
      header: ['cookie', exchanges.map((exchange) => `${this.nameFor(exchange)}=${value}`).join('; ')],
      setCookie: exchanges.map((exchange) => this.#line(exchange, value, this.#maxAgeOf(timeoutMs))),
    }
  }

  replyTo(exchange: Exchange): Reply {
    return new CookieReply(this, exchange)
  }

  /** The cookie's name; with `__Host-` on secure requests if the configuration asks for it. */
  nameFor({ secure }: Pick<Exchange, 'secure'>): string {
    return this.#config.hostPrefix && secure ? `__Host-${this.#config.name}` : this.#config.name
  }

  /** The value of a Set-Cookie header; undefined if none is to be sent. */
  lineFor(exchange: Exchange, issued: Issued): string | undefined {
    switch (issued.kind) {
      case 'nothing':
        return undefined
      case 'revoked':
        return this.#line(exchange, '', 0)
      case 'confirmed':
      case 'issued':
        return this.#issueLine(exchange, issued)
    }
  }

  #issueLine(exchange: Exchange, { credential, timeoutMs }: Extract<Issued, { credential: Credential }>) {
    return this.lineWith(exchange, this.#valueOf(credential), timeoutMs)
  }

  /** The value of a Set-Cookie header for this value of the cookie; undefined if it must not be sent. */
  lineWith(exchange: Exchange, value: string, timeoutMs: number | null): string | undefined {
    if (this.#needsSecure() && this.#advice.hidesSecurity(exchange)) return undefined
    return this.#line(exchange, value, this.#maxAgeOf(timeoutMs))
  }

  #valueOf(credential: Credential): string {
    const { route } = this.#config
    return route === undefined ? formatCredential(credential) : `${formatCredential(credential)}.${route}`
  }

  /** Whether the cookie outlives the browser. Without that, a timeout longer than the scope's would have no effect. */
  #isPersistent(timeoutMs: number | null): boolean {
    return this.#config.persistent || isLonger(timeoutMs, this.#timeoutMs)
  }

  /** The Max-Age of a persistent cookie in seconds: it follows the timeout of the record. */
  #maxAgeOf(timeoutMs: number | null): number | undefined {
    if (!this.#isPersistent(timeoutMs)) return undefined
    const seconds = timeoutMs === null ? longestMaxAgeSeconds : Math.ceil(timeoutMs / 1000)
    return Math.min(seconds, longestMaxAgeSeconds)
  }

  /** Whether the configuration asks for a cookie that browsers accept over TLS only. */
  #needsSecure(): boolean {
    return this.#config.hostPrefix || this.#config.secure === true
  }

  /** The cookie names another node, or is persistent and a renewal step has begun since the access before. */
  isRenewalDue({ req }: Exchange, { credential, lastVisit, timeoutMs }: Confirmed): boolean {
    if (this.#config.route !== undefined && !req.headers.cookie?.includes(this.#valueOf(credential))) return true
    if (!this.#isPersistent(timeoutMs)) return false
    const step = renewalStepOf(timeoutMs)
    return Math.floor(lastVisit / step) !== Math.floor(this.#clock.now() / step)
  }

  #line(exchange: Pick<Exchange, 'secure'>, value: string, maxAge: number | undefined): string {
    const { path, domain, sameSite, secure, httpOnly, partitioned, priority } = this.#config
    const isSecure = secure === 'auto' ? exchange.secure : secure
    return stringifySetCookie({
      name: this.nameFor(exchange),
      value,
      path,
      sameSite,
      httpOnly,
      secure: isSecure,
      // Browsers refuse a partitioned cookie that is not secure.
      ...(partitioned && isSecure && { partitioned }),
      ...(priority && { priority }),
      ...(domain !== undefined && { domain }),
      ...(maxAge !== undefined && { maxAge }),
      ...(maxAge === 0 && { expires: new Date(0) }),
    })
  }
}

class CookieReply implements Reply {
  readonly #cookie: CookieCarrier
  readonly #exchange: Exchange
  #said: Issued | undefined
  #line: string | undefined
  #isPut = false

  constructor(cookie: CookieCarrier, exchange: Exchange) {
    this.#cookie = cookie
    this.#exchange = exchange
  }

  say(issued: Issued): boolean {
    if (issued !== this.#said) {
      this.#said = issued
      this.#line = this.#cookie.lineFor(this.#exchange, issued)
    }
    if (this.#isPut || this.#line !== undefined) this.#put(this.#line)
    return this.#line !== undefined
  }

  /** Replaces all Set-Cookie headers of this cookie. */
  #put(line: string | undefined): void {
    this.#isPut = line !== undefined
    putCookieLines(this.#exchange.res, [this.#cookie.nameFor(this.#exchange)], line === undefined ? [] : [line])
  }
}
