import { z } from 'zod'
import type { About } from '../../support/option-types.js'
import { ownWords } from '../../support/own-words.js'

/** A string of this form; `rule` describes the form in the error message. */
export const matching = (pattern: RegExp, rule: string, about: About) => z.string().regex(pattern, rule).meta(about)

export const path = (about: About) =>
  z
    .string()
    .regex(/^\/[^\s?#;,]*$/, 'a path begins with a slash and has no query')
    .refine((path) => path.length <= longestPath, {
      message: `has more than ${longestPath} characters, and browsers ignore the path of such a cookie`,
      params: ownWords('Write a shorter one.'),
    })
    .refine((path) => /^[!-~]*$/.test(path), {
      message: 'has characters that are not printable ASCII',
      params: ownWords('Write them as browsers send them, as in /%C3%A9 for /\u00e9.'),
    })
    .meta(about)
    .transform(withoutTrailingSlash)

/** Browsers ignore longer attributes of cookies. */
const longestPath = 1024

/** Without a regular expression: `/\/+$/` takes quadratic time for slashes that are not the last characters. */
function withoutTrailingSlash(path: string): string {
  let end = path.length
  while (end > 1 && path[end - 1] === '/') end--
  return path.slice(0, end)
}

/** A map whose keys all have defaults, which apply if it is absent or empty. */
export function section<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  const map = z.strictObject(shape)
  return map
    .nullish()
    .transform((given) => given ?? map.parse({}))
    .meta({ description })
}
