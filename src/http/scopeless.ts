/** Whether a path is under one of these prefixes: `/assets` covers `/assets` and `/assets/logo.svg`, but not `/assets-old`. */
export const isScopeless = (prefixes: readonly string[], path: string): boolean =>
  prefixes.some((prefix) => isUnder(prefix, path))

/** Whether `path` is `prefix` or below it. */
export const isUnder = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (prefix.endsWith('/') || path.length === prefix.length || path[prefix.length] === '/')
