import { entry, type InScope } from './entry.js'

const shown = (ms: number | null | undefined) => (ms === null || ms === undefined ? 'never' : `${ms} ms`)

export interface TooLarge extends InScope {
  readonly id: string
  readonly letters: number
  readonly mostLetters: number
  /** The room with a second cookie. Absent if there is one already. */
  readonly mostLettersInTwo?: number
  readonly largest: readonly { readonly name: string; readonly bytes: number }[]
}

/** The part of the error table that concerns records in sealed cookies, and what no record but a stored session can do. */
export const sealedErrors = {
  COOKIE_TOO_LARGE: entry<TooLarge>(
    413,
    (d) =>
      `The ${d.scope} record ${d.id} would take ${d.letters} letters in the visitor's cookie, which has room for ${d.mostLetters}, so nothing of this request was saved; its largest attributes are ${d.largest.map(({ name, bytes }) => `${JSON.stringify(name)} (${bytes} bytes)`).join(', ')}.`,
    (d) =>
      `${d.letters <= (d.mostLettersInTwo ?? 0) ? 'Allow a second cookie by cookies: 2 on its cache, keep' : 'Keep'} less in it, such as ids in place of objects, or store the scope in a cache that is not sealed.`,
  ),
  SCOPE_SEALED: entry<InScope & { application: string; operation: string }>(
    500,
    (d) =>
      `${d.operation} cannot work for the ${d.scope} of ${d.application}: each record is in the cookie of its visitor, and no store knows of the others.`,
    'Do without it, or store the scope in a cache with another driver than cookie.',
  ),
  SEALED_LIFE_TOO_LONG: entry<
    InScope & {
      limit: 'timeout' | 'lifetime'
      askedMs: number | null | undefined
      longestMs: number | null | undefined
    }
  >(
    500,
    (d) =>
      `The ${d.scope} cannot get a ${d.limit} of ${shown(d.askedMs)}, because it began with ${shown(d.longestMs)}: a logout with an older copy of its cookie would be forgotten before the newer one expires.`,
    (d) => `Configure the longest ${d.limit}, or set it in the request that begins the record, and shorten it later.`,
  ),
  REMEMBER_UNSUPPORTED: entry<InScope & { isSealed: boolean }>(
    500,
    (d) =>
      d.isSealed
        ? `login() cannot remember the visitor of a sealed ${d.scope}: a copied cookie would open it as long.`
        : `login() cannot remember a ${d.scope}, only a session.`,
    (d) =>
      `Call login() without remember: true${d.isSealed ? `, or store the ${d.scope} in a cache with another driver than cookie` : ''}.`,
  ),
}
