import type { CookieConfig } from '../config/config.js'
import type { Credential } from '../scopes/record/credential.js'
import type { Confirmed, Issued } from '../scopes/request/visitor-credential.js'
import { batchMarkOf, idIn } from '../scopes/sealed/sealer.js'
import type { Clock } from '../support/clock.js'
import type { Exchange } from './carrier.js'
import { CookieCarrier, type CookieSettings } from './cookie-carrier.js'
import { cookieValues } from './presented-cookies.js'
import type { ProxyAdvice } from './proxy-advice.js'

/*
 * A sealed text that one cookie cannot carry is cut in two chunks. The first ends with a dot, which no sealed text has; the
 * second begins with the batch mark of the text and a dot, so that chunks of different texts are not put together.
 */

const cut = '.'
const markLetters = 16

/** Carries a sealed record in one cookie, or in two of which the second is named `<name>.1`. */
export class SealedCookieCarrier extends CookieCarrier {
  readonly #second: CookieCarrier
  readonly #room: number

  /** `room`: the most letters that one cookie carries. */
  constructor(settings: CookieSettings, clock: Clock, advice: ProxyAdvice, room: number) {
    super(settings, clock, advice)
    const { cookie } = settings
    this.#second = new CookieCarrier(
      { ...settings, cookie: { ...cookie, name: secondCookie(cookie.name) } },
      clock,
      advice,
    )
    this.#room = room
  }

  override credentialsIn(exchange: Exchange): readonly Credential[] {
    super.credentialsIn(exchange) // it looks for signs of a proxy that is not trusted
    const rests = cookieValues(exchange.req, this.#second.nameFor(exchange))
    return cookieValues(exchange.req, this.nameFor(exchange)).flatMap((value) => {
      const text = value.endsWith(cut) ? joined(value.slice(0, -1), rests) : value
      return text === undefined ? [] : [{ id: idIn(text), secret: text }]
    })
  }

  /** The record was sealed anew. */
  override isRenewalDue(exchange: Exchange, { credential }: Confirmed): boolean {
    return !this.credentialsIn(exchange).some(({ secret }) => secret === credential.secret)
  }

  override namesFor(exchange: Exchange): readonly string[] {
    return [this.nameFor(exchange), this.#second.nameFor(exchange)]
  }

  override linesFor(exchange: Exchange, issued: Issued): readonly string[] {
    if (issued.kind === 'nothing') return super.linesFor(exchange, issued)
    if (issued.kind === 'revoked') return [...super.linesFor(exchange, issued), ...this.#clearSecond(exchange)]
    const { credential, timeoutMs } = issued
    const { secret: text } = credential
    if (text.length <= this.#room) return [...this.linesWith(exchange, text, timeoutMs), ...this.#clearSecond(exchange)]
    const end = this.#room - cut.length
    return [
      ...this.linesWith(exchange, text.slice(0, end) + cut, timeoutMs),
      ...this.#second.linesWith(exchange, batchMarkOf(text) + cut + text.slice(end), timeoutMs),
    ]
  }

  /** A second cookie that the visitor has from before would be sent for nothing. */
  #clearSecond(exchange: Exchange): readonly string[] {
    const isThere = cookieValues(exchange.req, this.#second.nameFor(exchange)).length > 0
    return isThere ? this.#second.linesFor(exchange, { kind: 'revoked' }) : []
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

/** The whole text of a first chunk, if the second chunk of the same text is there. */
function joined(start: string, rests: readonly string[]): string | undefined {
  const mark = batchMarkOf(start) + cut
  const rest = rests.find((value) => value.startsWith(mark))
  return rest === undefined ? undefined : start + rest.slice(mark.length)
}
