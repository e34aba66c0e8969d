import type Koa from 'koa'
import type { ScopeHandle } from '../scopes/request/handle.js'

/** The types of an application's scopes. A session or client that is not named here is not on `ctx`. */
export interface ScopesShape {
  readonly application?: object
  readonly session?: object
  readonly client?: object
}

/** CFML's read-only keys; undefined while there is no record. */
interface RecordKeys {
  readonly cfid: string | undefined
  /** Always "0": the secret is never readable by application code. */
  readonly cftoken: '0'
  /** `CFID=…&CFTOKEN=0`; empty while there is no record. Ids in URLs are never read. */
  readonly urltoken: string
  readonly timecreated: Date | undefined
  readonly lastvisit: Date | undefined
}

export interface SessionKeys extends RecordKeys {
  readonly sessionid: string | undefined
}

export interface ClientKeys extends RecordKeys {
  readonly hitcount: number
}

export type ApplicationData<S extends ScopesShape> = S extends { application: infer A } ? A : Record<string, unknown>
export type SessionData<S extends ScopesShape> = S extends { session: infer T } ? T & SessionKeys : never
export type ClientData<S extends ScopesShape> = S extends { client: infer T } ? T & ClientKeys : never

type Declared<S extends ScopesShape> = Extract<keyof S, 'session' | 'client'>

/** The members of `ctx` for the application's scopes. */
export type ScopedMembers<S extends ScopesShape> = {
  /** Plain values in the memory of this node, from the application's start to its end. */
  readonly application: ApplicationData<S>
  /** One handle for each record scope, for all except its data: id, times, login, rotate, lock and more. */
  readonly scopes: { readonly [K in Declared<S>]: ScopeHandle }
} & { readonly [K in Declared<S>]: K extends 'session' ? SessionData<S> : ClientData<S> }

/** The context of an application's middleware and handlers. */
export type ScopedContext<S extends ScopesShape> = Koa.ParameterizedContext<Koa.DefaultState, ScopedMembers<S>>
