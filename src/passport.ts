/* For a Passport whose session manager has another `key` than `passport`. With that one, koa-passport needs nothing of ours. */
import type Koa from 'koa'
import { defaultKey, PassportSession, type SessionContext } from './koa/passport-session.js'

export interface PassportSessionOptions {
  /** The attribute that holds the user; the `key` of Passport's session manager. Default: `passport`. */
  readonly key?: string
}

/**
 * Middleware that lets Passport (0.6 and later, with koa-passport 6) log in and out with the session scope, before
 * `passport.initialize()`. A login gives the session a new secret and, unless `keepSessionInfo` is set, removes its attributes; if
 * `serializeUser` gives a text, that is the principal. A logout ends a session with a principal on every node.
 */
export function passportSession({ key = defaultKey }: PassportSessionOptions = {}): Koa.Middleware {
  return function passportSession(ctx, next) {
    new PassportSession(ctx as unknown as SessionContext, key).install(ctx.request)
    return next()
  }
}
