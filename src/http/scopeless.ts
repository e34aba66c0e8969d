/** Whether a path lies under one of these prefixes: `/assets` covers `/assets` and `/assets/logo.svg`, not `/assets-old`. */
export const isScopeless = (prefixes: readonly string[], path: string): boolean =>
  prefixes.some((prefix) => isUnder(prefix, path))

/** Whether `path` is `prefix` or lies below it. */
export const isUnder = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (prefix.endsWith('/') || path.length === prefix.length || path[prefix.length] === '/')
