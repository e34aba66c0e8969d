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
import { putCookieLines } from './set-cookie-lines.js'

/** The longest life of a cookie in browsers. */
const longestMaxAgeSeconds = 400 * 86_400

const dayMs = 86_400_000

const none: readonly string[] = []

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

  /** The names of the cookies that a reply may write. */
  namesFor(exchange: Exchange): readonly string[] {
    return [this.nameFor(exchange)]
  }

  /** The values of the Set-Cookie headers. */
  linesFor(exchange: Exchange, issued: Issued): readonly string[] {
    if (issued.kind === 'nothing') return none
    if (issued.kind === 'revoked') return [this.#line(exchange, '', 0)]
    return this.linesWith(exchange, this.#valueOf(issued.credential), issued.timeoutMs)
  }

  /** As `linesFor`, with this value. None if browsers accept the cookie over TLS only, which a proxy seems to hide. */
  linesWith(exchange: Exchange, value: string, timeoutMs: number | null): readonly string[] {
    const { hostPrefix, secure } = this.#config
    if ((hostPrefix || secure === true) && this.#advice.hidesSecurity(exchange)) return none
    return [this.#line(exchange, value, this.#maxAgeOf(timeoutMs))]
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
  #lines = none
  #isPut = false

  constructor(cookie: CookieCarrier, exchange: Exchange) {
    this.#cookie = cookie
    this.#exchange = exchange
  }

  say(issued: Issued): boolean {
    if (issued !== this.#said) {
      this.#said = issued
      this.#lines = this.#cookie.linesFor(this.#exchange, issued)
    }
    const isSaid = this.#lines.length > 0
    if (isSaid || this.#isPut) putCookieLines(this.#exchange.res, this.#cookie.namesFor(this.#exchange), this.#lines)
    this.#isPut = isSaid
    return isSaid
  }
}

/**
 * The renewal step in milliseconds: a tenth of the timeout, at most a day. A persistent cookie is sent again once per step,
 * not with every response, so that browsers can cache most responses.
 */
const renewalStepOf = (timeoutMs: number | null): number => Math.max(1, Math.min((timeoutMs ?? dayMs) / 10, dayMs))
