import { z } from 'zod'
import type { About } from '../../support/option-types.js'

/** A string of this form; `rule` is the sentence that says so. */
export const matching = (pattern: RegExp, rule: string, about: About) => z.string().regex(pattern, rule).meta(about)

export const path = (about: About) =>
  matching(/^\/[^\s?#;,]*$/, 'a path begins with a slash and has no query', about).transform(withoutTrailingSlash)

const withoutTrailingSlash = (path: string) => path.replace(/\/+$/, '') || '/'

/** A map whose keys all have defaults: where it is absent or empty, all of them hold. */
export function section<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  const map = z.strictObject(shape)
  return map
    .nullish()
    .transform((given) => given ?? map.parse({}))
    .meta({ description })
}
