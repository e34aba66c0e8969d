import { parseDuration } from '../errors/parse-duration.js'
import type { Exchange } from '../http/carrier.js'
import { ClearedCookies, type OldCookie } from '../http/cleared-cookies.js'
import type { Adopted, OldSession, Taking } from '../koa/old-session.js'
import { checkedOptions } from '../scopes/request/arguments.js'
import type { Duration } from '../support/duration.js'
import { isPlainObject } from '../support/plain-object.js'
import { disown } from '../support/refused-promise.js'

/** What a source needs of a Koa context. */
export type OldContext = Exchange

/** The member `adopt` of a definition. */
export type Adopt<Attributes extends object> = (ctx: OldContext) => OldSession<Attributes> | undefined

/**
 * Reads the record with this id and keeps it from all others in one step, so that of all requests on all nodes one gets it.
 * `missing`: there is none. `adopted`: another request took it in the last minute. `takeFromRedis()` makes one. `now`: in
 * milliseconds since 1970.
 */
export type Take = (id: string, now: number) => Promise<Taking>

/** The values of an old session. */
export type OldRecord = Readonly<Record<string, unknown>>

/** The life that the earlier program has given a session. */
export interface OldLife {
  /** Milliseconds from its last change; null: it ended with the browser, or the source does not know. */
  readonly maxAgeMs: number | null
}

/** The options of every source. */
export interface SourceOptions<Old extends object, Attributes extends object> {
  /**
   * What becomes of an old session: its user and its attributes here. undefined, or nothing of both: it is not adopted. If it
   * throws, the request fails. The record is put back in both cases.
   */
  readonly map: (old: Old, life: OldLife) => Adopted<Attributes> | undefined
  /** How long a request waits for the old store, 10s at most. Default: 5s. */
  readonly deadline?: Duration
  /** The path and domain of the old cookie, if it was set with others than `/` and none: else browsers do not remove it. */
  readonly cookie?: { readonly path?: string; readonly domain?: string }
}

/** What the sources differ in. */
interface Source<Old extends object, Attributes extends object> {
  readonly options: SourceOptions<Old, Attributes>
  readonly take: Take
  /** The names of the cookies that the response removes. */
  readonly cookies: readonly string[]
  /** The id of the record that a request names; undefined, null or empty for one that names none, or that may be forged. */
  idIn(ctx: OldContext): string | null | undefined
  /** The values that `map` gets; undefined for a record that has expired, or is none. */
  valuesOf(record: OldRecord, now: number): OldRecord | undefined
  /** Default: not known. */
  maxAgeOf?(record: OldRecord): unknown
}

/** The member `adopt` that such a source makes. Throws TypeError, DURATION_INVALID. */
export function adoptFrom<Old extends object, Attributes extends object>(
  source: Source<Old, Attributes>,
): Adopt<Attributes> {
  const { options, take } = source
  const deadlineMs = deadlineOf(options)
  const cookies = removedCookies(source.cookies, options)
  const adopted = (record: unknown, now: number) => {
    if (!isObject(record)) return undefined
    const values = source.valuesOf(record, now)
    const maxAge = source.maxAgeOf?.(record)
    return values && mapped(options.map, values, { maxAgeMs: typeof maxAge === 'number' ? maxAge : null })
  }
  return (ctx) => {
    const id = checkedId(source.idIn(ctx))
    return id ? { take: (now) => take(id, now), adopted, cookies, deadlineMs } : undefined
  }
}

function mapped<Old extends object, Attributes extends object>(
  map: SourceOptions<Old, Attributes>['map'],
  values: object,
  life: OldLife,
): Adopted<Attributes> | undefined {
  const adopted = map(values as Old, life)
  if (adopted === undefined || adopted === null) return undefined
  disown(adopted)
  if (!isPlainObject(adopted)) throw new TypeError('map() returns an object, and no promise or instance of a class')
  checkedOptions('The result of map()', adopted, ['principal', 'remember', 'attributes'])
  const { attributes, principal, remember } = adopted
  if (attributes !== undefined && !isPlainObject(attributes))
    throw new TypeError('The attributes of map() are an object, and no Map or instance of a class')
  if (principal !== undefined && principal !== null && typeof principal !== 'string')
    throw new TypeError(
      'The principal of map() is a string, for a number String(user.id), or null for a visitor who is not logged in',
    )
  if (remember && typeof principal !== 'string') throw new TypeError('map() remembers only a session with a principal')
  return adopted
}

/** Throws TypeError: an id that is no text would be the same for every visitor. */
function checkedId(id: unknown): string | undefined {
  if (id === undefined || id === null || typeof id === 'string') return id ?? undefined
  disown(id)
  throw new TypeError('The id of an old session is a text, or undefined, and no promise')
}

/** Throws TypeError. */
function removedCookies(
  names: readonly string[],
  { cookie = {} }: { readonly cookie?: SourceOptions<never, never>['cookie'] },
): readonly OldCookie[] {
  checkedOptions('The option cookie', cookie, ['path', 'domain'])
  const cookies = names.map((name) => ({ ...cookie, name }))
  if (cookie.path !== undefined && !cookie.path.startsWith('/'))
    throw new TypeError('The path of a cookie begins with /')
  new ClearedCookies(cookies, { secure: false }) // refuses what no header may hold
  return cookies
}

/** While a record is adopted others wait for half a minute, in which the new session has to be stored as well. */
const longestDeadlineMs = 10_000

/** Throws DURATION_INVALID, TypeError. */
function deadlineOf({ deadline = '5s' }: { readonly deadline?: Duration }): number {
  const deadlineMs = parseDuration(deadline)
  if (deadlineMs > longestDeadlineMs) throw new TypeError(`The deadline of adopt is at most ${longestDeadlineMs} ms`)
  return deadlineMs
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
