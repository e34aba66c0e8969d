/** The parts of a connection string of MongoDB, which may name several hosts and is then no URL of the web. */
export interface UrlParts {
  readonly scheme: 'mongodb' | 'mongodb+srv'
  readonly username?: string
  readonly password?: string
  /** One or more, with commas. */
  readonly hosts: string
  readonly database?: string
  readonly query: URLSearchParams
}

const form =
  /^(mongodb|mongodb\+srv):\/\/(?:([^:@/?#]*)(?::([^:@/?#]*))?@)?([^/?#@\s]+)(?:\/([^/?#\s]*))?(?:\?([^#\s]*))?$/
const host = /^(\[[\da-f:.]+\]|[^:[\],]+)(:\d{1,5})?$/i

/** undefined if the text has another form. */
export function partsOf(url: string): UrlParts | undefined {
  const [, scheme, username, password, hosts = '', database, query = ''] = form.exec(url) ?? []
  if (!scheme || !hosts.split(',').every((one) => host.test(one))) return undefined
  const names = [username, password, database].map((text) => (text ? decoded(text) : undefined))
  if (names.includes(null)) return undefined
  const [user, secret, named] = names as (string | undefined)[]
  return {
    scheme: scheme as UrlParts['scheme'],
    ...(user !== undefined && { username: user }),
    ...(secret !== undefined && { password: secret }),
    hosts,
    ...(named !== undefined && { database: named }),
    query: new URLSearchParams(query),
  }
}

/** null if a % in it is not written as %25. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
