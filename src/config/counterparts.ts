import type { Path } from './path.js'

/*
 * Keys of koa-session, express-session, Spring Session and Lucee, which people write into this file at first, with what does
 * the same here.
 */

type Counterparts = ReadonlyMap<string, string>

const timeout = 'Write timeout, as in: timeout: 30m'
const persistent = `${timeout}; for a cookie that outlives the browser also cookie: { persistent: true }`
const slides = 'Remove it: every request that comes with the session extends its life'
const unsigned = 'Remove it: the cookie carries a random secret, whose digest is stored, so nothing is signed'
const named = 'Write cookie: { name: … }'
const storage = 'Write storage with the name of a cache, as in: storage: shared'
const prefix = 'Write prefix at the cache, as in: caches: { shared: { driver: redis, prefix: … } }'
const replaced = 'Remove it: a cookie of this name is always replaced'
const followed =
  'Write timeout at the scope, which the cookie follows; persistent: true if it is to outlive the browser'
const encoded = 'Remove it: values of any depth are stored; types of createContainer() adds classes of your own'
const saved =
  'Remove it: changes are saved before the response leaves; await ctx.scopes.session.commit() saves them earlier'

/** Of a session or client. */
const ofScope: Counterparts = new Map([
  ['maxAge', persistent],
  ['maxage', persistent],
  ['ttl', timeout],
  ['expires', persistent],
  ['maxInactiveInterval', timeout],
  ['rolling', slides],
  ['renew', slides],
  ['touch', slides],
  ['store', storage],
  ['storeType', storage],
  ['secret', unsigned],
  ['secrets', unsigned],
  ['keys', unsigned],
  ['signed', unsigned],
  ['key', named],
  ['name', named],
  ['cookieName', named],
  ['prefix', prefix],
  ['namespace', prefix],
  ['resave', 'Remove it: only what has changed is saved'],
  ['saveUninitialized', 'Remove it: a session begins when something is stored in it, or if onSessionStart is defined'],
  ['overwrite', replaced],
  ['autoCommit', saved],
  ['flushMode', saved],
  ['unset', 'Remove it: await ctx.scopes.session.invalidate() ends the session'],
  ['genid', 'Remove it: ids and secrets are random'],
  ['externalKey', 'Write carriers, as in: carriers: [{ header: x-auth-token }]'],
  ['valid', 'Remove it: look at the session in onRequestStart, and end it with await ctx.scopes.session.invalidate()'],
  ['beforeSave', 'Remove it: write onRequestEnd in the definition'],
  ['encode', encoded],
  ['decode', encoded],
  ['httpOnly', 'Write it in the cookie: cookie: { httpOnly: true }'],
  ['secure', 'Write it in the cookie: cookie: { secure: auto }'],
  ['sameSite', 'Write it in the cookie: cookie: { sameSite: lax }'],
])

/** Of the cookie of a session or client. */
const ofCookie: Counterparts = new Map([
  ['maxAge', followed],
  ['maxage', followed],
  ['expires', followed],
  ['timeout', followed],
  ['signed', unsigned],
  ['key', 'Write name'],
  ['overwrite', replaced],
  ['rolling', slides],
  ['disableUpdate', 'Remove it: a cookie is sent only when it must be'],
])

const scoped = (scope: string) => `Write ${scope}: {}`
const inside = (scope: string, key: string, example: string) =>
  `Write it at the scope: ${scope}: { ${key}: ${example} }`

/** Of an application. */
const ofApplication: Counterparts = new Map([
  ['sessionManagement', scoped('session')],
  ['clientManagement', scoped('client')],
  ['sessionTimeout', inside('session', 'timeout', '30m')],
  ['clientTimeout', inside('client', 'timeout', '90d')],
  ['applicationTimeout', inside('application', 'timeout', '1d')],
  ['sessionStorage', inside('session', 'storage', 'shared')],
  ['clientStorage', inside('client', 'storage', 'shared')],
  ['sessionCluster', inside('session', 'cluster', 'true')],
  ['clientCluster', inside('client', 'cluster', 'true')],
  ['sessionCookie', inside('session', 'cookie', '{ … }')],
  ['sessioncookie', inside('session', 'cookie', '{ … }')],
  ['setClientCookies', 'Write carriers at the scope, as in: session: { carriers: [{ header: x-auth-token }] }'],
  ['name', 'Remove it: the name is the key under applications:'],
  ['maxAge', inside('session', 'timeout', '30m')],
  ['store', inside('session', 'storage', 'shared')],
  ['secret', unsigned],
  ['keys', unsigned],
])

const atScope = (key: string, example: string) =>
  `Write it at a scope: applications: { …: { session: { ${key}: ${example} } } }`

/** Of the whole file, or of a cache. */
const ofOthers: Counterparts = new Map([
  ['maxAge', atScope('timeout', '30m')],
  ['ttl', atScope('timeout', '30m')],
  ['timeout', atScope('timeout', '30m')],
  ['rolling', slides],
  ['store', atScope('storage', 'shared')],
  ['cookie', atScope('cookie', '{ … }')],
  ['secret', unsigned],
  ['keys', unsigned],
])

/** What to write in place of an unknown key; undefined if it is none of these. */
export function counterpartOf(path: Path): string | undefined {
  const [section, , kind, part] = path
  if (path.length === 1 || (section === 'caches' && path.length === 3)) return ofOthers.get(String(path.at(-1)))
  if (section !== 'applications') return undefined
  const key = String(path.at(-1))
  if (path.length === 3) return ofApplication.get(key)
  if (kind !== 'session' && kind !== 'client') return undefined
  if (path.length === 4) return ofScope.get(key)
  return path.length === 5 && part === 'cookie' ? ofCookie.get(key) : undefined
}
