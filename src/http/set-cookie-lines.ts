import type { ServerResponse } from 'node:http'

/** Replaces the Set-Cookie lines of the cookies with these names by `lines`; those of other cookies stay. */
export function putCookieLines(response: ServerResponse, names: readonly string[], lines: readonly string[]): void {
  const present = [response.getHeader('set-cookie') ?? []].flat().map(String)
  const others = present.filter((line) => !names.some((name) => line.startsWith(`${name}=`)))
  const all = [...others, ...lines]
  if (all.length > 0) response.setHeader('Set-Cookie', all)
  else response.removeHeader('Set-Cookie')
}
