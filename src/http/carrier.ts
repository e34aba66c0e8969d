import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Credential } from '../scopes/record/credential.js'
import type { Begun } from '../scopes/request/begin.js'
import type { Confirmed, Issued } from '../scopes/request/visitor-credential.js'

/*
 * The HTTP layer, without Koa: a `Carrier` reads and writes credentials (`cookie-carrier.ts`, `header-carrier.ts`; `carriers.ts`
 * chooses one for each exchange), `request-scopes.ts` holds the scopes of one request from identification to commit, `mount.ts` and `server.ts` serve several applications.
 */

/** A request and its response: the part of a Koa context that carriers need. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Whether the request came over TLS, as far as known. */
  readonly secure: boolean
}

/** How a client presents a credential that it got otherwise than by a response. */
export interface Presented {
  /** The header of its requests; the name in lower case. */
  readonly header: readonly [name: string, value: string]
  /** The lines of the Set-Cookie headers that would give it to a browser. */
  readonly setCookie: readonly string[]
}

/** Carries the credential of one scope: reads it from requests, and writes it to responses. */
export interface Carrier {
  /** The request header that the response depends on, for `Vary`. */
  readonly header: string
  /** Whether a browser adds the credential by itself, also to requests that another site makes. */
  readonly isAmbient: boolean
  /** Whether the request shows by its headers that the response is to use this carrier. */
  isUsedBy(exchange: Exchange): boolean
  /** The credentials that the request presents, in its order. Values that this package cannot have issued are left out. */
  credentialsIn(exchange: Exchange): readonly Credential[]
  /** Whether a confirmed credential is sent again, because the visitor would lose it after a time, or because it names another node. */
  isRenewalDue(exchange: Exchange, confirmed: Confirmed): boolean
  /** Whether a browser leaves the credential out of this request, because another site made it. */
  leavesOut(exchange: Exchange): boolean
  /** Not for a sealed record, whose credential is only ever made in a response. */
  present(begun: Begun): Presented
  /** Returns the reply of one exchange. */
  replyTo(exchange: Exchange): Reply
}

/** The part of one response that concerns one scope's credential. */
export interface Reply {
  /**
   * Writes `issued` to the headers, in place of an earlier one. Must be called again if other code may have dropped headers.
   * True if the headers now issue or revoke a credential, so that the response is for one visitor only.
   */
  say(issued: Issued): boolean
}
