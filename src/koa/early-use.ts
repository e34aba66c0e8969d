import type Koa from 'koa'
import { getters, refuseAssignment } from './members.js'
import type { Holder } from './opened.js'

type Context = Holder & { readonly app?: Koa }

const scopesMiddlewares = new WeakSet<object>()

/** Remembers a middleware that opens scopes, so that its app is known before it has run. */
export const registerMiddleware = (middleware: object): void => void scopesMiddlewares.add(middleware)

/**
 * Makes a scope that is read too early an error at the first request too. Koa tells a middleware nothing of its app before
 * that request, so the members are guarded on the prototype that all contexts of this copy of Koa share. In other apps
 * nothing changes: there a member reads as undefined and can be assigned.
 */
export function guardEarlyUse(sharedContext: object): void {
  for (const [member, get] of Object.entries(getters)) {
    if (member in sharedContext) continue
    Object.defineProperty(sharedContext, member, {
      configurable: true,
      get(this: Context) {
        return opensScopes(this.app) ? get.call(this) : undefined
      },
      set(this: Context, value: unknown) {
        if (opensScopes(this.app)) refuseAssignment(member)
        Object.defineProperty(this, member, { configurable: true, enumerable: true, writable: true, value })
      },
    })
  }
}

const opensScopes = (app: Koa | undefined) => app?.middleware?.some((one) => scopesMiddlewares.has(one)) ?? false
