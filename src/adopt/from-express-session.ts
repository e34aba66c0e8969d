import { cookieValues } from '../http/presented-cookies.js'
import { checkedOptions, checkFunction, checkText } from '../scopes/request/arguments.js'
import { checkKeys, unsigned } from './cookie-signatures.js'
import {
  type Adopt,
  adoptFrom,
  isObject,
  type OldContext,
  type OldRecord,
  type SourceOptions,
  type Take,
} from './source.js'

export interface ExpressSessionOptions<Old extends object, Attributes extends object>
  extends SourceOptions<Old, Attributes> {
  /** The `secret` of express-session: one, or several. */
  readonly secret: string | readonly string[]
  /** The `name` of express-session. Default: `connect.sid`. */
  readonly name?: string
  /** Takes from the store of express-session; for connect-redis `takeFromRedis(client, { prefix: 'sess:' })`. */
  readonly take: Take
}

/**
 * Adopts the sessions of express-session: verifies the cookie as it does, takes the record from its store, and lets expired ones
 * be. `map` gets the record without its member `cookie`. Throws TypeError, DURATION_INVALID.
 */
export function fromExpressSession<Attributes extends object, Old extends object = OldRecord>(
  options: ExpressSessionOptions<Old, Attributes>,
): Adopt<Attributes> {
  const names = ['secret', 'name', 'take', 'map', 'deadline', 'cookie'] as const
  const given = checkedOptions('fromExpressSession()', options, names)
  const { map, name = 'connect.sid', take } = given
  const secrets = [given.secret].flat()
  checkKeys('The secret of fromExpressSession()', secrets)
  checkText('The name of a cookie', name)
  for (const [what, member] of Object.entries({ take, map })) checkFunction(what, member)
  const idIn = ({ req }: OldContext) => {
    const [value] = cookieValues(req, name)
    const signed = value === undefined ? '' : decoded(value)
    return signed.startsWith('s:') ? unsigned(secrets, signed.slice(2)) : undefined
  }
  const maxAgeOf = ({ cookie }: OldRecord) => isObject(cookie) && cookie.originalMaxAge
  return adoptFrom({ options, take, cookies: [name], idIn, valuesOf, maxAgeOf })
}

function valuesOf({ cookie, ...values }: OldRecord, now: number): OldRecord | undefined {
  return isObject(cookie) && !hasExpired(cookie, now) ? values : undefined
}

/** As the package cookie reads values. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** `expires` is absent, null or false for a session that ends with its browser. */
function hasExpired({ expires }: Record<string, unknown>, now: number): boolean {
  if (!expires) return false
  return !(new Date(String(expires)).getTime() > now)
}
