import Koa from 'koa'
import { RequestScopes } from '../http/request-scopes.js'
import { isScopeless } from '../http/scopeless.js'
import { guardEarlyUse, registerMiddleware } from './early-use.js'
import { provideMembers } from './members.js'
import { attach, attachToRequest } from './opened.js'
import type { ServedApplication } from './served-application.js'
import { Serving } from './serving.js'

/*
 * The Koa layer: `application.ts` is the Koa subclass, `members.ts` defines `ctx.session` and the others, `serving.ts` runs
 * the handlers of one request, `handlers.ts` and `types.ts` are the types of a definition. This middleware joins them.
 */

/**
 * Middleware that opens the application's scopes for a request, runs its handlers and the middleware after it, and
 * commits before the response begins. Throws CONTAINER_CLOSED.
 */
export function scopesMiddleware(application: ServedApplication): Koa.Middleware {
  const { config, inFlight, life } = application
  const { scopeless } = config
  guardEarlyUse(Object.getPrototypeOf(new Koa().context))
  registerMiddleware(scopes)
  return scopes

  function scopes(ctx: Koa.Context, next: Koa.Next) {
    provideMembers(ctx, ctx.app, scopes)
    const isOpened = scopeless.length === 0 || !isScopeless(scopeless, ctx.path)
    const opened = isOpened ? new RequestScopes(application, ctx) : undefined
    const state = { application, scopes: opened }
    attach(ctx, state)
    attachToRequest(ctx.req, state)
    const serving = new Serving(application, ctx, opened)
    inFlight.enter('serve a request')
    const starting = life.use()
    if (!starting) return serving.run(next)
    return starting.then(
      () => serving.run(next),
      (error) => {
        inFlight.leave()
        throw error
      },
    )
  }
}
