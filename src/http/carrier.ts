import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Credential } from '../scopes/record/credential.js'
import type { Issued } from '../scopes/request/visitor-credential.js'

/** A request and its response: as much of a Koa context as carriers need. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** The request came over TLS, as far as is known. */
  readonly secure: boolean
}

/** How the credential of one scope travels: read from requests, written to responses. */
export interface Carrier {
  /** The request header that decides what a response is: for `Vary`. */
  readonly header: string
  /** What the request presents, in its order; what cannot be a credential of ours is left out. */
  credentialsIn(exchange: Exchange): readonly Credential[]
  /** What the response of one exchange says. */
  replyTo(exchange: Exchange): Reply
}

/** One response, as far as it speaks of one scope's credential. */
export interface Reply {
  /**
   * Puts `issued` into the headers, in place of what they said of it so far; to be called again where others may have
   * dropped headers. True when the headers give or take a credential, so that the response is for one visitor only.
   */
  say(issued: Issued): boolean
}
