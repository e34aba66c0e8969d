import { parseDuration } from '../errors/parse-duration.js'
import type { Exchange } from '../http/carrier.js'
import type { OldCookie } from '../http/cleared-cookies.js'
import type { Adopted, OldSession, Taking } from '../koa/old-session.js'
import { checkedOptions } from '../scopes/request/arguments.js'
import type { Duration } from '../support/duration.js'
import { isPlainObject } from '../support/plain-object.js'

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

/** The options of every source. */
export interface SourceOptions<Old extends object, Attributes extends object> {
  /**
   * What becomes of an old session: its user and its attributes here. undefined, or nothing of both: it is not adopted. If it
   * throws, the request fails. The record is put back in both cases.
   */
  readonly map: (old: Old) => Adopted<Attributes> | undefined
  /** How long a request waits for the old store. Default: 5s. */
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
}

/** The member `adopt` that such a source makes. Throws TypeError, DURATION_INVALID. */
export function adoptFrom<Old extends object, Attributes extends object>(
  source: Source<Old, Attributes>,
): Adopt<Attributes> {
  const { options, take } = source
  const deadlineMs = deadlineOf(options)
  const cookies = removedCookies(source.cookies, options)
  const adopted = (record: unknown, now: number) => {
    const values = isObject(record) ? source.valuesOf(record, now) : undefined
    return values && mapped(options.map, values)
  }
  return (ctx) => {
    const id = source.idIn(ctx)
    return id ? { take: (now) => take(id, now), adopted, cookies, deadlineMs } : undefined
  }
}

function mapped<Old extends object, Attributes extends object>(
  map: SourceOptions<Old, Attributes>['map'],
  values: object,
): Adopted<Attributes> | undefined {
  const adopted = map(values as Old)
  if (adopted === undefined || adopted === null) return undefined
  if (!isPlainObject(adopted)) throw new TypeError('map() returns an object, and no promise or instance of a class')
  checkedOptions('The result of map()', adopted, ['principal', 'remember', 'attributes'])
  const { attributes, principal, remember } = adopted
  if (attributes !== undefined && !isPlainObject(attributes))
    throw new TypeError('The attributes of map() are an object, and no Map or instance of a class')
  if (principal !== undefined && principal !== null && typeof principal !== 'string')
    throw new TypeError('The principal of map() is a string, or null for a visitor who is not logged in')
  if (remember && typeof principal !== 'string') throw new TypeError('map() remembers only a session with a principal')
  return adopted
}

/** Throws TypeError. */
function removedCookies(
  names: readonly string[],
  { cookie = {} }: { readonly cookie?: SourceOptions<never, never>['cookie'] },
): readonly OldCookie[] {
  checkedOptions('The option cookie', cookie, ['path', 'domain'])
  return names.map((name) => ({ ...cookie, name }))
}

/** Throws DURATION_INVALID. */
const deadlineOf = ({ deadline = '5s' }: { readonly deadline?: Duration }): number => parseDuration(deadline)

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
