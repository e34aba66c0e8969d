import type { CookieConfig } from '../config/config.js'
import type { Credential } from '../scopes/record/credential.js'
import type { Confirmed, Issued } from '../scopes/request/visitor-credential.js'
import { batchMarkOf, idIn } from '../scopes/sealed/sealer.js'
import type { Clock } from '../support/clock.js'
import type { Carrier, Exchange, Reply } from './carrier.js'
import { CookieCarrier, type CookieSettings } from './cookie-carrier.js'
import { cookieValues } from './presented-cookies.js'
import type { ProxyAdvice } from './proxy-advice.js'
import { putCookieLines } from './set-cookie-lines.js'

/*
 * A sealed text that one cookie cannot carry is cut in two chunks. The first ends with a dot, which no sealed text has; the
 * second begins with the batch mark of the text and a dot, so that chunks of different texts are not put together.
 */

const cut = '.'
const markLetters = 16

/** Carries a sealed record in one cookie, or in two of which the second is named `<name>.1`. */
export class SealedCookieCarrier implements Carrier {
  readonly header = 'Cookie'
  readonly isAmbient = true
  readonly #first: CookieCarrier
  readonly #second: CookieCarrier
  readonly #room: number

  /** `room`: the most letters that one cookie carries. */
  constructor(settings: CookieSettings, clock: Clock, advice: ProxyAdvice, room: number) {
    const { cookie } = settings
    this.#first = new CookieCarrier(settings, clock, advice)
    this.#second = new CookieCarrier(
      { ...settings, cookie: { ...cookie, name: secondCookie(cookie.name) } },
      clock,
      advice,
    )
    this.#room = room
  }

  credentialsIn(exchange: Exchange): readonly Credential[] {
    this.#first.credentialsIn(exchange) // it looks for signs of a proxy that is not trusted
    const rests = cookieValues(exchange.req, this.#second.nameFor(exchange))
    return cookieValues(exchange.req, this.#first.nameFor(exchange)).flatMap((value) => {
      const text = value.endsWith(cut) ? joined(value.slice(0, -1), rests) : value
      return text === undefined ? [] : [{ id: idIn(text), secret: text }]
    })
  }

  isUsedBy(exchange: Exchange): boolean {
    return this.credentialsIn(exchange).length > 0
  }

  /** The record was sealed anew. */
  isRenewalDue(exchange: Exchange, { credential }: Confirmed): boolean {
    return !this.credentialsIn(exchange).some(({ secret }) => secret === credential.secret)
  }

  leavesOut(exchange: Exchange): boolean {
    return this.#first.leavesOut(exchange)
  }

  replyTo(exchange: Exchange): Reply {
    return new SealedCookieReply(this, exchange)
  }

  namesFor(exchange: Exchange): readonly string[] {
    return [this.#first, this.#second].map((cookie) => cookie.nameFor(exchange))
  }

  /** The values of the Set-Cookie headers. */
  linesFor(exchange: Exchange, issued: Issued): readonly string[] {
    switch (issued.kind) {
      case 'nothing':
        return []
      case 'revoked':
        return [this.#first.lineFor(exchange, issued), this.#clearSecond(exchange)].filter(isLine)
      case 'confirmed':
      case 'issued':
        return this.#issueLines(exchange, issued)
    }
  }

  #issueLines(exchange: Exchange, { credential, timeoutMs }: Extract<Issued, { credential: Credential }>) {
    const { secret: text } = credential
    if (text.length <= this.#room)
      return [this.#first.lineWith(exchange, text, timeoutMs), this.#clearSecond(exchange)].filter(isLine)
    const end = this.#room - cut.length
    return [
      this.#first.lineWith(exchange, text.slice(0, end) + cut, timeoutMs),
      this.#second.lineWith(exchange, batchMarkOf(text) + cut + text.slice(end), timeoutMs),
    ].filter(isLine)
  }

  /** A second cookie that the visitor has from before would be sent for nothing. */
  #clearSecond(exchange: Exchange): string | undefined {
    const isThere = cookieValues(exchange.req, this.#second.nameFor(exchange)).length > 0
    return isThere ? this.#second.lineFor(exchange, { kind: 'revoked' }) : undefined
  }
}

class SealedCookieReply implements Reply {
  readonly #cookie: SealedCookieCarrier
  readonly #exchange: Exchange
  #isPut = false

  constructor(cookie: SealedCookieCarrier, exchange: Exchange) {
    this.#cookie = cookie
    this.#exchange = exchange
  }

  say(issued: Issued): boolean {
    const lines = this.#cookie.linesFor(this.#exchange, issued)
    const isSaid = lines.length > 0
    if (isSaid || this.#isPut) putCookieLines(this.#exchange.res, this.#cookie.namesFor(this.#exchange), lines)
    this.#isPut = isSaid
    return isSaid
  }
}

const secondCookie = (name: string): string => `${name}.1`

/** Browsers drop a cookie of more letters, with its name, and older ones count the attributes too. */
const mostLetters = 4_096
/** More than the attributes take, except path and domain. */
const attributeLetters = 160

/** The most letters of a value that one of the cookies can carry. */
export const roomIn = ({ name, path, domain = '' }: CookieConfig): number =>
  Math.max(0, mostLetters - attributeLetters - `__Host-${secondCookie(name)}=`.length - path.length - domain.length)

/** The longest sealed text that this many cookies can carry. */
export const mostLettersIn = (room: number, cookies: number): number =>
  cookies === 1 ? room : 2 * room - 2 * cut.length - markLetters

const isLine = (line: string | undefined): line is string => line !== undefined

/** The whole text of a first chunk, if the second chunk of the same text is there. */
function joined(start: string, rests: readonly string[]): string | undefined {
  const mark = batchMarkOf(start) + cut
  const rest = rests.find((value) => value.startsWith(mark))
  return rest === undefined ? undefined : start + rest.slice(mark.length)
}
