import type Koa from 'koa'
import { attach, installMembers } from './members.js'
import { RequestScopes } from './request-scopes.js'
import { isScopeless } from './scopeless.js'
import type { ServedApplication } from './served-application.js'
import { Serving } from './serving.js'

/** Opens the application's scopes for a request, runs its handlers and the middleware after it, and commits before the response begins. */
export function scopesMiddleware(application: ServedApplication): Koa.Middleware {
  return async function scopes(ctx, next) {
    installMembers(ctx.app)
    const scopes = isScopeless(application.scopeless, ctx.path) ? undefined : new RequestScopes(application, ctx)
    attach(ctx, { application, ...(scopes && { scopes }) })
    const starting = application.life.use()
    if (starting) await starting
    await new Serving(application, ctx, scopes).run(next)
  }
}
