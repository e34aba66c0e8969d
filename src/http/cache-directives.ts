/** A directive of Cache-Control or of a header like it. */
export interface CacheDirective {
  /** In lower case. */
  readonly name: string
  /** undefined if there is none. A quoted one keeps its quotes. */
  readonly value: string | undefined
  /** As it was written. */
  readonly text: string
}

/** A name, and a value if there is one: a token or a quoted string. A comma within quotes does not end it. */
const directive = /[\s,;]*([^\s,;="]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,;"]*))?(?=[\s,;]|$)/y
const rest = /^[\s,;]*$/

/**
 * The directives of a header; undefined if it cannot be read as such. Semicolons and blanks separate like commas, because caches
 * look for a word such as `public` and do not all parse: read more strictly, `public;max-age=60` would be one unknown name.
 */
export function cacheDirectivesOf(header: string): readonly CacheDirective[] | undefined {
  const directives: CacheDirective[] = []
  let end = 0
  for (;;) {
    directive.lastIndex = end
    const [text, name, value] = directive.exec(header) ?? []
    if (text === undefined || name === undefined) break
    end += text.length
    directives.push({ name: name.toLowerCase(), value, text: text.replace(/^[\s,;]+/, '') })
  }
  return rest.test(header.slice(end)) ? directives : undefined
}
