/*
 * Types for a Koa app that exists already, whose middleware and routers name no types: `import 'koa-scopes/augment'`, and
 * declare the application's scopes once:
 *
 *     declare module 'koa-scopes/augment' {
 *       interface Scopes extends ShopScopes {}
 *     }
 *
 * The main entry never augments the `koa` module.
 */
import type Koa from 'koa'
import type { ScopedMembers, ScopesShape } from './koa/types.js'

/** The types of the scopes that every `ctx` has. To be merged with your declaration. */
// biome-ignore lint/suspicious/noEmptyInterface: to be merged with the user's declaration
export interface Scopes {}

/** In place of a member whose scope `Scopes` does not declare. */
export interface ScopeNotDeclared<Scope extends string> {
  readonly [notDeclared]: Scope
}

/** In place of every member if `Scopes` declares a scope that does not exist. */
export interface NoSuchScope<Name extends PropertyKey> {
  readonly [notDeclared]: Name
}

declare const notDeclared: unique symbol

/** Whether types of another session library say that `ctx.session` has every attribute. Beside them ours would be of no use. */
type IsTaken = Koa.ExtendableContext extends { session: infer Theirs }
  ? string extends keyof NonNullable<Theirs>
    ? true
    : false
  : false

type Unknown = Exclude<keyof Scopes, keyof ScopesShape>

type Member<Name extends keyof ScopesShape | 'scopes'> = [Unknown] extends [never]
  ? Name extends keyof Scopes | 'application' | 'scopes'
    ? ScopedMembers<Scopes>[Name & keyof ScopedMembers<Scopes>]
    : ScopeNotDeclared<Name>
  : NoSuchScope<Unknown>

declare module 'koa' {
  interface DefaultContext {
    readonly application: Member<'application'>
    readonly session: IsTaken extends true ? never : Member<'session'>
    readonly client: Member<'client'>
    readonly scopes: Member<'scopes'>
  }
}
