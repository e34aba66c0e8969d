import { formatPath } from '../path.js'
import { shownPath } from '../shown.js'
import { type Check, type CheckProblem, type DeclaredScope, declaredScopes } from './check.js'

/** Checks that no cookie overwrites another one. */
export const checkCookieNames: Check = function* ({ config }) {
  const seen = new Map<string, DeclaredScope>()
  for (const declared of declaredScopes(config)) {
    const holder = holderOf(declared, seen)
    if (!holder) continue
    yield {
      path: [...declared.path, 'cookie', 'name'],
      problem: `{value} is already the cookie of ${formatPath(shownPath(holder.path))}, with the same path.`,
      remedy: 'Give one of them another name.',
      because: [declared, holder].flatMap(placeOf),
    }
  }
}

/** An earlier scope whose cookie of the same name and path reaches the same host. Enters the scope for those that follow. */
function holderOf(declared: DeclaredScope, seen: Map<string, DeclaredScope>): DeclaredScope | undefined {
  const { host } = declared.application
  const { name, path, domain } = declared.scope.cookie
  const place = (kind: 'all' | 'any host' | 'host' | 'domain', value = '') =>
    JSON.stringify([name, path, kind, kind === 'all' ? '' : value])
  const own = [place('all'), host === undefined ? place('any host') : place('host', host)]
  if (domain !== undefined) own.push(place('domain', domain))
  // Without a host, the cookie meets those of all hosts.
  const met = host === undefined ? [place('all')] : [place('any host'), ...own.slice(1)]
  const holder = met.map((key) => seen.get(key)).find((other) => other !== undefined)
  for (const key of own) if (!seen.has(key)) seen.set(key, declared)
  return holder
}

const placeOf = ({ application, path }: DeclaredScope) => [
  ...['name', 'path', 'domain'].map((key) => [...path, 'cookie', key]),
  ...['mount', 'host'].map((key) => ['applications', application.name, key]),
]

/** Checks that browsers accept each cookie. */
export const checkCookieAttributes: Check = function* ({ config }) {
  for (const declared of declaredScopes(config)) {
    const { path, scope, application } = declared
    const { sameSite, secure, domain, partitioned } = scope.cookie
    const at = (key: string) => [...path, 'cookie', key]
    if (sameSite === 'none' && secure === false) {
      yield {
        path: at('sameSite'),
        problem: 'Browsers refuse sameSite: none with secure: false.',
        remedy: 'Remove secure: false.',
        because: [at('secure')],
      }
    }
    if (partitioned && secure === false) {
      yield {
        path: at('partitioned'),
        problem: 'Browsers refuse partitioned: true with secure: false.',
        remedy: 'Remove secure: false.',
        because: [at('secure')],
      }
    }
    if (domain !== undefined && application.host !== undefined && !isWithinDomain(application.host, domain)) {
      yield {
        path: at('domain'),
        problem: 'Browsers refuse {value}: the host of the application is not in it.',
        remedy: 'Remove it, or write a domain that the host belongs to.',
        because: [['applications', application.name, 'host']],
      }
    }
    yield* impossiblePrefix(declared)
    yield* tooLong(declared)
  }
}

function isWithinDomain(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

/** Browsers refuse a cookie of more bytes: name, value and attributes together. */
const mostBytes = 4096
/** More than id, secret, the other attributes and a prefix take. */
const otherBytes = 400

function tooLong({ application, path, scope: { cookie } }: DeclaredScope): CheckProblem[] {
  const { name, path: cookiePath, domain = '' } = cookie
  if (name.length + cookiePath.length + domain.length + otherBytes <= mostBytes) return []
  return [
    {
      path: [...path, 'cookie', 'name'],
      problem: `Browsers refuse a cookie of more than ${mostBytes} bytes, and this one would have more.`,
      remedy: 'Write a shorter name.',
      because: [
        ...['path', 'domain'].map((key) => [...path, 'cookie', key]),
        ['applications', application.name, 'mount'],
      ],
    },
  ]
}

/** Browsers accept `__Host-` only for a secure cookie of one host with the path /. */
function impossiblePrefix({ application, path, scope: { cookie } }: DeclaredScope): CheckProblem[] {
  const at = (key: string) => [...path, 'cookie', key]
  const obstacles = [
    ...(cookie.path === '/' ? [] : ['another path than /']),
    ...(cookie.domain === undefined ? [] : ['a domain']),
    ...(cookie.secure === false ? ['secure: false'] : []),
  ]
  if (!cookie.hostPrefix || obstacles.length === 0) return []
  return [
    {
      path: at('hostPrefix'),
      problem: `Browsers refuse hostPrefix: true with ${obstacles.join(' and ')}.`,
      remedy: 'Write path: / in the cookie, without domain and secure: false; or remove hostPrefix.',
      because: [...['path', 'domain', 'secure'].map(at), ['applications', application.name, 'mount']],
    },
  ]
}
