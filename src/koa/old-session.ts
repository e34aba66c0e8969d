import type { OldCookie } from '../http/cleared-cookies.js'

/** A record of the old store, which no other request gets. */
export interface Taken {
  readonly record: unknown
  /** Called when the session is stored here: removes the record for good. Absent: it was removed when it was taken. */
  remove?(): Promise<unknown>
  /** Called when the session is not adopted: others get the record again. Absent: its visitor logs in again. */
  putBack?(): Promise<unknown>
}

/** `adopted`: another request has taken the record, in the last minute. `missing`: there is none, or none any more. */
export type Taking = Taken | 'adopted' | 'missing'

/** What becomes of an old session. */
export interface Adopted<Attributes extends object = object> {
  /** The user of a session that is logged in. Default: none. */
  readonly principal?: string | null | undefined
  /** The session lives as `remember` says in the configuration, as after `login(principal, { remember: true })`. Default: false. */
  readonly remember?: boolean | undefined
  /** What is undefined is left out. */
  readonly attributes?: { readonly [Name in keyof Attributes]?: Attributes[Name] | undefined }
}

/** The session of an earlier program, of whose cookie it is certain that the earlier program issued it. */
export interface OldSession<Attributes extends object = object> {
  /** Reads the record and keeps it from all others in one step, so that of all requests on all nodes one gets it. `now`: in milliseconds since 1970. */
  take(now: number): Promise<Taking>
  /** What becomes of a record; undefined if it has expired, or is not to be adopted. */
  adopted(record: unknown, now: number): Adopted<Attributes> | undefined
  /** The cookies that the response removes. */
  readonly cookies: readonly OldCookie[]
  /** How long a request waits for `take`. */
  readonly deadlineMs: number
}
