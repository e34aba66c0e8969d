import type { IncomingMessage } from 'node:http'
import { cookieValues } from '../../http/presented-cookies.js'
import type { Clock } from '../../support/clock.js'
import type { Logger } from '../../support/logger.js'
import { Attempts } from './attempts.js'
import { type OperatorSession, OperatorSessions } from './operator-sessions.js'
import { AccessToken } from './token.js'

/** The source of a request that has shown the token, itself or at the start of its session. */
export interface Operator {
  /** How and from where, for the log. */
  readonly by: string
  /** Absent if the request itself has the token. */
  readonly session?: OperatorSession
}

/** Why a request is not an operator's. `limited`: its token is wrong as well, and too many wrong ones came from its network. */
export type Stranger = { readonly reason: 'nothing shown' | 'wrong token' } | Limited
type Limited = { readonly reason: 'limited'; readonly waitMs: number }

/** Decides who is an operator: the one who shows the token, or the cookie of a session that began with it. */
export class Access {
  /** With the port in it, because cookies of one host belong to all its ports. */
  readonly cookieName: string
  readonly #token: AccessToken
  readonly #sessions: OperatorSessions
  readonly #attempts: Attempts
  readonly #log: Logger

  constructor(token: string, port: number, clock: Clock, log: Logger) {
    this.cookieName = `koa-scopes-admin-${port}`
    this.#token = new AccessToken(token)
    this.#sessions = new OperatorSessions(clock)
    this.#attempts = new Attempts(clock)
    this.#log = log
  }

  identify(request: IncomingMessage): Operator | Stranger {
    const bearer = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (bearer !== undefined)
      return this.#check(bearer, request) ?? { by: `a program with the token, from ${addressOf(request)}` }
    for (const id of cookieValues(request, this.cookieName)) {
      const session = this.#sessions.use(id)
      if (session) return { by: `the page, session ${session.name}, from ${addressOf(request)}`, session }
    }
    return { reason: 'nothing shown' }
  }

  /** The id of a new session, if the token is right. `isOwn`: whether the browser's user asked for it, or a page of another site may have. */
  signIn(token: string, request: IncomingMessage, isOwn = true): { readonly id: string } | Stranger {
    const refused = this.#check(token, request, isOwn)
    if (refused) return refused
    const { id, session } = this.#sessions.begin()
    const by = `the page, session ${session.name}, from ${addressOf(request)}`
    this.#log.info({ audit: 'sign in', by }, 'an operator signed in to the admin page')
    return { id }
  }

  signOut(request: IncomingMessage): void {
    for (const id of cookieValues(request, this.cookieName)) this.#sessions.end(id)
  }

  /** undefined if the token is right. A wrong one counts unless a page of another site may have sent it from an operator's browser. */
  #check(token: string, request: IncomingMessage, counts = true): Stranger | undefined {
    if (this.#token.matches(token)) return undefined
    if (!counts) return { reason: 'wrong token' }
    const address = addressOf(request)
    const waitMs = this.#attempts.waitMs(address)
    if (waitMs > 0) return { reason: 'limited', waitMs }
    this.#attempts.failed(address)
    this.#log.warn({ audit: 'refused', from: address }, 'a wrong token was shown to the admin page')
    return { reason: 'wrong token' }
  }
}

const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? 'an unknown address'
