import { hash } from 'node:crypto'
import { cookieValues } from '../http/presented-cookies.js'
import { checkedOptions, checkFlag, checkFunction, checkText } from '../scopes/request/arguments.js'
import { checkKeys, isSignedByKeygrip, isTexts, type Keys } from './cookie-signatures.js'
import {
  type Adopt,
  adoptFrom,
  isObject,
  type OldContext,
  type OldRecord,
  type SourceOptions,
  type Take,
} from './source.js'

/** Remembers which sessions that are in their cookies were adopted. `marksInRedis()` makes one. */
export interface Marks {
  /**
   * A mark for the first call with this text, on whichever node, for half a minute. `adopted`: it was marked in the last minute.
   * `missing`: it was marked before. `now`: in milliseconds since 1970.
   */
  set(text: string, now: number): Promise<Mark | 'adopted' | 'missing'>
}

export interface Mark {
  /** The session is adopted: the mark stays for this time; null: for ever. */
  keep(forMs: number | null): Promise<unknown>
  /** It is not adopted: another request may. */
  remove(): Promise<unknown>
}

export interface KoaSessionOptions<Old extends object, Attributes extends object>
  extends SourceOptions<Old, Attributes> {
  /** The `app.keys` of the earlier program. */
  readonly keys?: Keys
  /** The `key` of koa-session. Default: `koa.sess`. */
  readonly key?: string
  /** The `signed` of koa-session. Default: true. */
  readonly signed?: boolean
  /** The `externalKey` of koa-session: where the id of a session is, if not in the cookie. */
  readonly externalKey?: { get(ctx: OldContext): string | null | undefined }
  /** Takes from the store of koa-session. Absent if it had none: then the sessions are in their cookies, and `marks` is needed. */
  readonly take?: Take
  /** So that a session that is in its cookie is adopted once, though copies of the cookie may be left. */
  readonly marks?: Marks
  /** The `decode` of koa-session, for sessions that are in their cookies. Default: JSON in base64. */
  readonly decode?: (text: string) => unknown
}

const names = ['keys', 'key', 'signed', 'externalKey', 'take', 'marks', 'decode', 'map', 'deadline', 'cookie'] as const

/**
 * Adopts the sessions of koa-session: verifies the cookie as it does, takes the record from its store or from the cookie itself,
 * and lets expired ones be. `map` gets the record without `_expire` and `_maxAge`. Throws TypeError, DURATION_INVALID.
 */
export function fromKoaSession<Attributes extends object, Old extends object = OldRecord>(
  options: KoaSessionOptions<Old, Attributes>,
): Adopt<Attributes> {
  const { externalKey, key = 'koa.sess' } = checked(options)
  return adoptFrom({
    options,
    take: options.take ?? takeFromCookie(options),
    cookies: externalKey ? [] : [key, `${key}.sig`],
    idIn: (ctx) => (externalKey ? externalKey.get(ctx) : verified(ctx, key, options)),
    valuesOf,
    maxAgeOf: ({ _maxAge }) => _maxAge,
  })
}

function valuesOf(record: OldRecord, now: number): OldRecord | undefined {
  const { _expire, _maxAge, _session, ...values } = record
  return expiresIn(record, now) > 0 ? values : undefined
}

function checked<Old extends object, Attributes extends object>(options: KoaSessionOptions<Old, Attributes>) {
  const given = checkedOptions('fromKoaSession()', options, names)
  const { externalKey, key, keys, map, marks, signed = true, take } = given
  if (key !== undefined) checkText('The key of koa-session', key)
  checkFlag('signed', signed)
  checkFunction('map', map)
  if (externalKey) checkFunction('externalKey.get', externalKey.get)
  else if (signed) checkKeysOrKeygrip(keys)
  if ((take === undefined) === (marks === undefined))
    throw new TypeError('fromKoaSession() needs take, or marks if koa-session had no store')
  if (take) checkFunction('take', take)
  if (marks && (!signed || externalKey))
    throw new TypeError(
      'Sessions that are in their cookies are adopted only if these are signed: everybody could write one',
    )
  return given
}

function checkKeysOrKeygrip(keys: Keys = []): void {
  if (isTexts(keys)) checkKeys('keys of fromKoaSession()', keys)
  else checkFunction('keys.verify', keys.verify)
}

/** The value of the cookie, if it is signed. */
function verified<Old extends object, Attributes extends object>(
  { req }: OldContext,
  key: string,
  { keys = [], signed = true }: KoaSessionOptions<Old, Attributes>,
): string | undefined {
  const [value] = cookieValues(req, key)
  if (!value || !signed) return value
  const [signature] = cookieValues(req, `${key}.sig`)
  return signature && isSignedByKeygrip(keys, `${key}=${value}`, signature) ? value : undefined
}

/** The session is in its cookie: nothing can be taken away, so a mark says that it was taken. */
function takeFromCookie<Old extends object, Attributes extends object>({
  decode = decodeJson,
  marks,
}: KoaSessionOptions<Old, Attributes>): Take {
  return async (value, now) => {
    const record = readable(decode, value)
    const forMs = isObject(record) ? expiresIn(record, now) : 0
    if (!marks || forMs <= 0) return 'missing'
    const mark = await marks.set(hash('sha256', value, 'base64url'), now)
    if (typeof mark === 'string') return mark
    return {
      record,
      remove: () => mark.keep(Number.isFinite(forMs) ? forMs : null),
      putBack: () => mark.remove(),
    }
  }
}

const decodeJson = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64').toString())

/** undefined for a text that koa-session could not read either. */
function readable(decode: (text: string) => unknown, text: string): unknown {
  try {
    return decode(text)
  } catch {
    return undefined
  }
}

/** The time that a record has left, in milliseconds. One that ends with its browser has no time of its own. */
const expiresIn = ({ _expire }: Record<string, unknown>, now: number): number =>
  typeof _expire === 'number' ? _expire - now : Number.POSITIVE_INFINITY
