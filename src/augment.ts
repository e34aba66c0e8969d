/*
 * Types for Koa apps that type their context globally: `import 'koa-scopes/augment'`, then declare the attributes with
 * `declare module 'koa-scopes/augment' { interface Session { cart?: string[] } }`. The main entry never augments the
 * `koa` module.
 */
import type { ClientKeys, SessionKeys } from './koa/types.js'
import type { ScopeHandle } from './scopes/request/handle.js'

// biome-ignore lint/suspicious/noEmptyInterface: to be merged with the user's declaration
export interface Application {}
export interface Session extends SessionKeys {}
export interface Client extends ClientKeys {}

declare module 'koa' {
  interface DefaultContext {
    readonly application: Application
    readonly session: Session
    readonly client: Client
    readonly scopes: { readonly session: ScopeHandle; readonly client: ScopeHandle }
  }
}
