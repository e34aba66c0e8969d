import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Credential } from '../scopes/record/credential.js'
import type { Issued } from '../scopes/request/visitor-credential.js'

/*
 * The HTTP layer, without Koa: a `Carrier` reads and writes credentials (`cookie-carrier.ts`), `request-scopes.ts` holds the
 * scopes of one request from identification to commit, `mount.ts` and `server.ts` serve several applications.
 */

/** A request and its response: the part of a Koa context that carriers need. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Whether the request came over TLS, as far as known. */
  readonly secure: boolean
}

/** Carries the credential of one scope: reads it from requests, and writes it to responses. */
export interface Carrier {
  /** The request header that the response depends on, for `Vary`. */
  readonly header: string
  /** Whether credentials are sent again while they are in use, because browsers drop them after a time. */
  readonly renews: boolean
  /** The credentials that the request presents, in its order. Values that this package cannot have issued are left out. */
  credentialsIn(exchange: Exchange): readonly Credential[]
  /** Whether a browser leaves the credential out of this request, because another site made it. */
  leavesOut(exchange: Exchange): boolean
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
