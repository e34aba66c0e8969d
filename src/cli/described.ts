import { isSealed } from '../config/checks/check.js'
import type { ApplicationConfig, CacheConfig, Config, ScopeConfig } from '../config/config.js'
import { isSealing, type SealingOptions } from '../drivers/definition.js'
import { addressOf, urlOf } from '../http/address.js'
import { exactSpan } from './terminal/span.js'

/** What a configuration would run, for a person. */
export function describe({ admin, applications, caches, server, source }: Config): string {
  const lines = [
    `${source} is valid.`,
    '',
    `server        ${urlOf(addressOf(server))}${server.proxy ? ', behind a proxy' : ''}`,
    ...(admin ? [`admin         ${adminLine(admin)}`] : []),
    '',
    'caches',
    ...[...caches.values()].flatMap(cacheLines),
    '',
    'applications',
    ...[...applications.values()].flatMap((application) => applicationLines(application, caches)),
    ...inCodeLines(applications),
  ]
  return `${lines.join('\n')}\n`
}

const adminLine = (admin: NonNullable<Config['admin']>): string =>
  `${urlOf(admin)}, ${admin.token === undefined ? 'its token is made up at the start' : 'with the token that is configured'}`

function cacheLines({ driver, encrypt, name, options, storage }: CacheConfig): string[] {
  const { durable, locks, objects, reach } = driver.capabilities(options)
  if (isSealing(driver)) return [`  ${name.padEnd(12)}${driver.name}: ${sealingLine(driver.sealing(options))}`]
  const abilities = [
    storage ? 'may hold scopes' : 'no scopes',
    { process: 'seen by this process only', host: 'shared on this host', network: 'shared by all nodes' }[reach],
    durable ? 'survives a restart' : 'lost when the process ends',
    ...(locks ? ['locks'] : []),
    ...(objects ? ['objects'] : []),
    ...(encrypt ? [encryptionWords(encrypt)] : []),
  ]
  return [`  ${name.padEnd(12)}${driver.name}: ${abilities.join(', ')}`]
}

function encryptionWords({ keys, plain }: NonNullable<CacheConfig['encrypt']>): string {
  const sealed = `sealed at rest, ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`
  return { refuse: sealed, read: `${sealed}, plain values are read`, write: `not yet ${sealed}` }[plain]
}

const sealingLine = ({ cookies, keys, revocations }: SealingOptions): string =>
  [
    'the visitors keep the records, sealed',
    `keys ${keys.length}`,
    `cookies ${cookies} at most`,
    revocations === undefined ? 'no revocations' : `revocations in ${revocations}`,
  ].join(', ')

/** Applications without a module belong to a program of their own. */
function inCodeLines(applications: Config['applications']): string[] {
  const names = [...applications.values()].flatMap(({ module, name }) => (module === undefined ? [name] : []))
  if (names.length === 0) return []
  return [
    '',
    `Without module, so their definitions are in a program of your own, and koa-scopes start does not serve them: ${names.join(', ')}`,
  ]
}

function applicationLines(
  { client, host, module, mount, name, session }: ApplicationConfig,
  caches: Config['caches'],
): string[] {
  return [
    `  ${name.padEnd(12)}${host ?? 'any host'}, ${mount}${module ? `, ${module}` : ', given in code'}`,
    `    session   ${scopeLine(session, caches)}`,
    `    client    ${scopeLine(client, caches)}`,
  ]
}

function scopeLine(scope: ScopeConfig | undefined, caches: Config['caches']): string {
  if (!scope) return 'not declared'
  const { backup, carriers, cluster, cookie, fallback, lifetimeMs, limit, remember, storage, timeoutMs, transient } =
    scope
  const mode = cluster
    ? ['cluster: true, the records live in the cache']
    : ['cluster: false, the records live in the memory of this node', `backup ${backup}`]
  return [
    fallback === undefined ? storage : `${storage}, the records move there from ${fallback}`,
    ...(isSealed(caches, scope) ? ['the records live in the cookies of the visitors'] : mode),
    `timeout ${exactSpan(timeoutMs)}`,
    `lifetime ${exactSpan(lifetimeMs)}`,
    ...(limit ? [`limit ${limit.perPrincipal} per principal, then ${limit.then}`] : []),
    ...(transient.length > 0 ? [`transient ${transient.join(' ')}`] : []),
    ...carriers.map((carrier) => (carrier.kind === 'header' ? `header ${carrier.name}` : cookieWords(cookie))),
    ...(remember
      ? [`remembered for ${exactSpan(remember.timeoutMs)}, lifetime ${exactSpan(remember.lifetimeMs)}`]
      : []),
  ].join(', ')
}

const cookieWords = ({ name, route }: ScopeConfig['cookie']) =>
  `cookie ${name}${route === undefined ? '' : `, route ${route}`}`
