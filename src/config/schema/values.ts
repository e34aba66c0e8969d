import { z } from 'zod'
import type { About } from '../../support/option-types.js'

/** A string of this form; `rule` describes the form in the error message. */
export const matching = (pattern: RegExp, rule: string, about: About) => z.string().regex(pattern, rule).meta(about)

export const path = (about: About) =>
  matching(/^\/[^\s?#;,]*$/, 'a path begins with a slash and has no query', about).transform(withoutTrailingSlash)

const withoutTrailingSlash = (path: string) => path.replace(/\/+$/, '') || '/'

/** A map whose keys all have defaults, which apply if it is absent or empty. */
export function section<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  const map = z.strictObject(shape)
  return map
    .nullish()
    .transform((given) => given ?? map.parse({}))
    .meta({ description })
}
