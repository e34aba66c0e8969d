import type { ServerResponse } from 'node:http'

/** Replaces the Set-Cookie lines of the cookies with these names by `lines`; those of other cookies stay. */
export function putCookieLines(response: ServerResponse, names: readonly string[], lines: readonly string[]): void {
  const header = response.getHeader('set-cookie')
  if (Array.isArray(header) && isSame(header, lines)) return
  const present = [header ?? []].flat().map(String)
  const others = present.filter((line) => !names.some((name) => line.startsWith(`${name}=`)))
  const all = [...others, ...lines]
  if (all.length > 0) response.setHeader('Set-Cookie', all)
  else response.removeHeader('Set-Cookie')
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, index) => line === b[index])
