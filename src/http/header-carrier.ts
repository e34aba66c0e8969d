import type { IncomingMessage } from 'node:http'
import { answerOf } from '../config/schema/carriers.js'
import { type Credential, formatCredential, parseCredential } from '../scopes/record/credential.js'
import type { Begun } from '../scopes/request/begin.js'
import type { Issued } from '../scopes/request/visitor-credential.js'
import type { Carrier, Exchange, Presented, Reply } from './carrier.js'

/** `Authorization` carries a credential after the word Bearer (RFC 6750), and a response has no header of this name. */
const bearer = /^bearer(?: +(.*))?$/i

/**
 * Carries the credential of one scope in a header, for clients that keep no cookies. A client asks for this carrier with the
 * header alone, also an empty one. The response has the header if it issues a credential, and an empty one if it revokes it.
 */
export class HeaderCarrier implements Carrier {
  readonly isAmbient = false
  readonly header: string
  /** The name of the header in responses. */
  readonly answer: string
  readonly #isBearer: boolean

  /** `name`: in lower case, as Node gives it. */
  constructor(name: string) {
    this.#isBearer = name === 'authorization'
    this.header = name
    this.answer = answerOf(name)
  }

  /** Other credentials than ours, such as Basic or the token of another service, do not use this carrier. */
  isUsedBy({ req }: Exchange): boolean {
    const text = this.#textIn(req)
    return text !== undefined && (!this.#isBearer || text === '' || parseCredential(text) !== undefined)
  }

  credentialsIn({ req }: Exchange): readonly Credential[] {
    const credential = parseCredential(this.#textIn(req) ?? '')
    return credential ? [credential] : []
  }

  isRenewalDue(): boolean {
    return false
  }

  /** Browsers add no header of this kind to requests that another site makes. */
  leavesOut(): boolean {
    return false
  }

  present({ credential }: Begun): Presented {
    const text = formatCredential(credential)
    return { header: [this.header, this.#isBearer ? `Bearer ${text}` : text], setCookie: [] }
  }

  replyTo(exchange: Exchange): Reply {
    return new HeaderReply(this.answer, exchange)
  }

  /** undefined if the request does not have the header, or has another kind of authorization. */
  #textIn({ headers }: IncomingMessage): string | undefined {
    const text = headers[this.header]
    if (typeof text !== 'string' || !this.#isBearer) return text?.toString()
    const [match, token = ''] = bearer.exec(text) ?? []
    return match === undefined ? undefined : token.trim()
  }
}

class HeaderReply implements Reply {
  readonly #name: string
  readonly #exchange: Exchange
  #isPut = false

  constructor(name: string, exchange: Exchange) {
    this.#name = name
    this.#exchange = exchange
  }

  say(issued: Issued): boolean {
    const { res } = this.#exchange
    const isSaid = issued.kind === 'issued' || issued.kind === 'revoked'
    if (isSaid) res.setHeader(this.#name, issued.kind === 'issued' ? formatCredential(issued.credential) : '')
    else if (this.#isPut) res.removeHeader(this.#name)
    this.#isPut = isSaid
    return isSaid
  }
}
