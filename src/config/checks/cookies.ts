import { formatPath } from '../path.js'
import { type Check, type CheckProblem, type DeclaredScope, declaredScopes } from './check.js'

/** Checks that no cookie overwrites another one. */
export const checkCookieNames: Check = function* ({ config }) {
  const seen: DeclaredScope[] = []
  for (const declared of declaredScopes(config)) {
    const holder = seen.find((other) => overwrites(declared, other))
    seen.push(declared)
    if (!holder) continue
    yield {
      path: [...declared.path, 'cookie', 'name'],
      problem: `{value} is already the cookie of ${formatPath(holder.path)}, with the same path.`,
      remedy: 'Give one of them another name.',
      because: [declared, holder].flatMap(placeOf),
    }
  }
}

function overwrites(one: DeclaredScope, other: DeclaredScope): boolean {
  const [a, b] = [one.scope.cookie, other.scope.cookie]
  const [hostA, hostB] = [one.application.host, other.application.host]
  const sameHost = hostA === undefined || hostB === undefined || hostA === hostB
  const sameDomain = a.domain !== undefined && a.domain === b.domain
  return a.name === b.name && a.path === b.path && (sameHost || sameDomain)
}

const placeOf = ({ application, path }: DeclaredScope) => [
  ...['name', 'path', 'domain'].map((key) => [...path, 'cookie', key]),
  ...['mount', 'host'].map((key) => ['applications', application.name, key]),
]

/** Checks that browsers accept each cookie. */
export const checkCookieAttributes: Check = function* ({ config }) {
  for (const declared of declaredScopes(config)) {
    const { path, scope, application } = declared
    const { sameSite, secure, domain } = scope.cookie
    const at = (key: string) => [...path, 'cookie', key]
    if (sameSite === 'none' && secure === false) {
      yield {
        path: at('sameSite'),
        problem: 'Browsers refuse sameSite: none with secure: false.',
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
  }
}

function isWithinDomain(host: string, domain: string): boolean {
  const suffix = domain.toLowerCase().replace(/^\./, '')
  return host === suffix || host.endsWith(`.${suffix}`)
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
