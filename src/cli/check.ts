import type { ApplicationConfig, CacheConfig, Config, ScopeConfig } from '../config/config.js'
import { loadConfig } from '../config/load.js'
import { builtInDrivers } from '../drivers/registry.js'

/** Prints the caches and applications of a configuration. Opens no cache. Throws ConfigError. */
export async function check(file: string): Promise<void> {
  process.stdout.write(describe(await loadConfig(file, { drivers: builtInDrivers })))
}

function describe({ applications, caches, server, source }: Config): string {
  const lines = [
    `${source} is valid.`,
    '',
    `server        http://${server.host}:${server.port}${server.proxy ? ', behind a proxy' : ''}`,
    '',
    'caches',
    ...[...caches.values()].flatMap(cacheLines),
    '',
    'applications',
    ...[...applications.values()].flatMap(applicationLines),
  ]
  return `${lines.join('\n')}\n`
}

function cacheLines({ driver, name, options, storage }: CacheConfig): string[] {
  const { durable, locks, objects, reach } = driver.capabilities(options)
  const abilities = [
    storage ? 'may hold scopes' : 'no scopes',
    { process: 'seen by this process only', host: 'shared on this host', network: 'shared by all nodes' }[reach],
    durable ? 'survives a restart' : 'lost when the process ends',
    ...(locks ? ['locks'] : []),
    ...(objects ? ['objects'] : []),
  ]
  return [`  ${name.padEnd(12)}${driver.name}: ${abilities.join(', ')}`]
}

function applicationLines({ client, host, module, mount, name, session }: ApplicationConfig): string[] {
  return [
    `  ${name.padEnd(12)}${host ?? 'any host'}, ${mount}${module ? `, ${module}` : ''}`,
    `    session   ${scopeLine(session)}`,
    `    client    ${scopeLine(client)}`,
  ]
}

function scopeLine(scope: ScopeConfig | undefined): string {
  if (!scope) return 'not declared'
  const { cluster, cookie, lifetimeMs, storage, timeoutMs } = scope
  const mode = cluster ? 'cluster: pulled and pushed with each request' : 'in memory, backed up on change'
  return `${storage}, ${mode}, timeout ${span(timeoutMs)}, lifetime ${span(lifetimeMs)}, cookie ${cookie.name}`
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

function span(ms: number | null): string {
  if (ms === null) return 'never'
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}
