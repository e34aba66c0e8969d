import { resolve } from 'node:path'
import type { ScopeKind } from '../scopes/settings.js'
import { isSealed } from './checks/check.js'

import type { AdminConfig, ApplicationConfig, CacheConfig, Config, ScopeConfig, ServerConfig } from './config.js'
import { deepFreeze } from './freeze.js'
import { cacheSchema, type Drivers } from './schema/cache.js'
import type { Draft } from './schema/file.js'
import { isSocketFile } from './schema/port.js'
import type { Source } from './source/source.js'

const defaultTouchIntervalMs = 1_000
const defaultHeadersMs = 60_000
const defaultRememberedMs = 30 * 86_400_000
/** Of a session in a sealed cookie, because a copied cookie opens as long. */
const defaultSealedLifetimeMs = 12 * 3_600_000

type EntryOf<M> = M extends ReadonlyMap<string, infer Entry> ? Entry : never
type ApplicationDraft = EntryOf<Draft['applications']>
type ScopeDraft = NonNullable<ApplicationDraft[ScopeKind]>

/**
 * Fills in the defaults that depend on names, on other values and on the folder of the file. `inCode` names the
 * applications whose definitions replace their modules.
 */
export function resolveConfig(
  draft: Draft,
  source: Source,
  {
    drivers,
    env,
    inCode,
  }: { readonly drivers: Drivers; readonly env: NodeJS.ProcessEnv; readonly inCode: readonly string[] },
): Config {
  const { name: file, directory } = source
  const caches = mapEntries(withBuiltIn(draft.caches, drivers), cache)
  const moduleOf = ({ module }: ApplicationDraft, name: string) =>
    module === undefined || inCode.includes(name) ? {} : { module: resolve(directory, module) }
  return {
    source: file,
    directory,
    server: server(draft.server, directory, env.NODE_ENV),
    ...(draft.metrics && { metrics: metrics(draft.metrics) }),
    ...(draft.admin && { admin: admin(draft.admin) }),
    caches,
    applications: mapEntries(draft.applications, (draft, name) => ({
      ...application(draft, name, { caches, isProduction: env.NODE_ENV === 'production' }),
      ...moduleOf(draft, name),
    })),
  }
}

const metrics = ({ path, process, records }: NonNullable<Draft['metrics']>) => ({
  ...(path !== undefined && { path }),
  process,
  recordsMs: records,
})
function server(draft: Draft['server'], directory: string, fallback: string | undefined): ServerConfig {
  const { drain, environment = fallback, headersTimeout, health, port, shutdown, socketMode, ...rest } = draft
  const { keepAliveTimeout, requestTimeout, ...plain } = rest
  return {
    ...plain,
    port: isSocketFile(port) ? resolve(directory, port) : port,
    ...(socketMode !== undefined && { socketMode: Number.parseInt(socketMode, 8) }),
    ...(health !== undefined && { health }),
    ...(environment && { environment }),
    keepAliveTimeoutMs: keepAliveTimeout,
    headersTimeoutMs: headersTimeout === undefined ? shorter(defaultHeadersMs, requestTimeout) : headersTimeout,
    requestTimeoutMs: requestTimeout,
    drainMs: drain,
    shutdownMs: shutdown,
  }
}

/** The shorter of two times; null: any time. */
const shorter = (a: number, b: number | null): number => (b === null ? a : Math.min(a, b))

function withBuiltIn(caches: Draft['caches'], drivers: Drivers): Draft['caches'] {
  if (caches.has('memory') || !drivers.has('memory')) return caches
  return new Map([['memory', cacheSchema(drivers).parse({ driver: 'memory', storage: true })], ...caches])
}

function admin({ host, hosts, port, token }: NonNullable<Draft['admin']>): AdminConfig {
  return { host, port, hosts: hosts.map((name) => name.toLowerCase()), ...(token !== undefined && { token }) }
}

/** Freezes the entry here, because deepFreeze() would freeze the driver's definition too, which belongs to the user. */
function cache(draft: EntryOf<Draft['caches']>, name: string): CacheConfig {
  const { encrypt, options } = draft
  return Object.freeze({
    ...draft,
    name,
    options: deepFreeze(options),
    ...(encrypt && { encrypt: deepFreeze(encrypt) }),
  })
}

interface Surroundings {
  readonly caches: Config['caches']
  readonly isProduction: boolean
}

function application(draft: ApplicationDraft, name: string, { caches, isProduction }: Surroundings): ApplicationConfig {
  const { host, mount, scopeless, session, client } = draft
  const common = { mount, isProduction }
  const isSealedSession = session !== undefined && isSealed(caches, { storage: session.storage.write })
  return {
    name,
    mount,
    scopeless,
    ...(host !== undefined && { host }),
    application: { timeoutMs: draft.application.timeout },
    ...(session && { session: scope(session, `${name}_sid`, { ...common, isSealedSession }) }),
    ...(client && { client: scope(client, `${name}_cid`, common) }),
  }
}

interface ScopeSurroundings {
  readonly mount: string
  readonly isProduction: boolean
  readonly isSealedSession?: boolean
}

function scope(
  draft: ScopeDraft,
  cookieName: string,
  { mount, isProduction, isSealedSession = false }: ScopeSurroundings,
): ScopeConfig {
  const { domain, priority, route, name = cookieName, path = mount, ...cookie } = draft.cookie
  const limit = 'limit' in draft ? draft.limit : undefined
  const remember = 'remember' in draft && !isSealedSession ? draft.remember : undefined
  return {
    storage: draft.storage.write,
    ...(draft.storage.fallback !== undefined && { fallback: draft.storage.fallback }),
    cluster: draft.cluster,
    timeoutMs: draft.timeout,
    ...(draft.firstTimeout !== undefined && { firstTimeoutMs: draft.firstTimeout }),
    lifetimeMs: draft.lifetime ?? (isSealedSession && draft.lifetime === undefined ? defaultSealedLifetimeMs : null),
    backup: draft.backup ?? 'response',
    whenUnavailable: draft.whenUnavailable ?? (draft.cluster ? 'fail' : 'local'),
    onUndecodable: draft.onUndecodable,
    reportLateChanges: draft.reportLateChanges === 'auto' ? !isProduction : draft.reportLateChanges,
    endGraceMs: draft.endGrace,
    memoryBytes: draft.memory,
    maxSizeBytes: draft.maxSize,
    concurrency: draft.concurrency,
    touchIntervalMs: draft.touchInterval ?? defaultTouchIntervalMs,
    locks: draft.locks,
    transient: draft.transient.names,
    copesWithoutTransient: draft.transient.mayBeAbsent,
    carriers: draft.carriers,
    ...(draft.endEvents && { endEvents: draft.endEvents }),
    ...(limit && { limit }),
    ...(remember && {
      remember: { timeoutMs: rememberedMs(remember.timeout, draft.timeout), lifetimeMs: remember.lifetime },
    }),
    cookie: {
      name,
      path,
      ...(domain !== undefined && { domain }),
      ...(priority && { priority }),
      ...(route && { route }),
      ...cookie,
    },
  }
}

/** Longer than the timeout, so that it tells which sessions are remembered; by a millisecond, if the timeout itself is long. */
function rememberedMs(given: number | null | undefined, timeout: number | null): number | null {
  if (given !== undefined) return given
  return timeout === null ? null : Math.max(defaultRememberedMs, timeout + 1)
}

function mapEntries<From, To>(map: ReadonlyMap<string, From>, change: (entry: From, name: string) => To) {
  return new Map(Array.from(map, ([name, entry]) => [name, change(entry, name)]))
}
