import { cookieValues } from '../http/presented-cookies.js'
import { checkedOptions, checkFunction, checkText } from '../scopes/request/arguments.js'
import { type Adopt, adoptFrom, type OldContext, type OldRecord, type SourceOptions, type Take } from './source.js'

export interface CookiesOptions<Old extends object, Attributes extends object> extends SourceOptions<Old, Attributes> {
  /** The name of the cookie. */
  readonly name: string
  /** The id of the record that a value of the cookie names; undefined for a value that the earlier program did not issue. Default: the value. */
  readonly idOf?: (value: string) => string | undefined
  readonly take: Take
}

const itself = (value: string) => value

/**
 * Adopts the sessions of any program that names them in a cookie. An id that can be guessed must be signed, and `idOf` must
 * verify it: who presents it gets the session. Throws TypeError, DURATION_INVALID.
 */
export function fromCookies<Attributes extends object, Old extends object = OldRecord>(
  options: CookiesOptions<Old, Attributes>,
): Adopt<Attributes> {
  const names = ['name', 'idOf', 'take', 'map', 'deadline', 'cookie'] as const
  const { idOf = itself, map, name, take } = checkedOptions('fromCookies()', options, names)
  checkText('The name of a cookie', name)
  for (const [what, given] of Object.entries({ idOf, take, map })) checkFunction(what, given)
  const idIn = ({ req }: OldContext) => {
    const [value] = cookieValues(req, name)
    return value ? idOf(value) : undefined
  }
  return adoptFrom({ options, take, cookies: [name], idIn, valuesOf: (record) => record })
}
