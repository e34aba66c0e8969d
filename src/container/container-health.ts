import type { Readiness } from '../http/health-endpoint.js'
import type { Scope } from '../scopes/scope.js'
import type { ScopeKind } from '../scopes/settings.js'
import type { CacheHealth, NamedCache } from '../storage/caches/cache.js'

export interface ContainerHealth {
  /** `degraded`: a cache is down, or has warnings. */
  readonly status: 'ok' | 'degraded'
  readonly caches: Readonly<Record<string, CacheHealth>>
  readonly applications: Readonly<Record<string, Readonly<Partial<Record<ScopeKind, ScopeHealth>>>>>
}

export interface ScopeHealth {
  /** The name of its cache. */
  readonly storage: string
  /** The name of the cache from which its records move to that one; absent if they do not. */
  readonly fallback?: string
  /** The number of records on this node with unsaved changes. */
  readonly unsaved: number
  /** How many credentials with a wrong secret for an existing record came to this node since the start. */
  readonly refused: number
  /** How many credentials for a record that does not exist came to this node since the start; most of these records have ended. */
  readonly unknown: number
}

/** Whether a container with these caches should get requests. */
export function readinessOf(caches: Iterable<NamedCache>, isClosing: boolean): Readiness {
  const all = [...caches]
  const up = all.filter(({ isAvailable }) => isAvailable).length
  return { status: isClosing ? 'closing' : 'ready', caches: { up, down: all.length - up } }
}

/** The health of these caches, and of the scopes of each application. */
export async function healthOf(
  caches: ReadonlyMap<string, NamedCache>,
  scopes: ReadonlyMap<string, readonly Scope[]>,
): Promise<ContainerHealth> {
  const entries = await Promise.all([...caches].map(async ([name, cache]) => [name, await cache.health()] as const))
  const isOk = entries.every(([, health]) => health.status === 'up' && health.warnings.length === 0)
  return {
    status: isOk ? 'ok' : 'degraded',
    caches: Object.fromEntries(entries),
    applications: Object.fromEntries([...scopes].map(([name, its]) => [name, Object.fromEntries(its.map(entryOf))])),
  }
}

function entryOf({ kind, environment: { settings }, refusals, strategy }: Scope): readonly [ScopeKind, ScopeHealth] {
  const { refused, unknown } = refusals
  const { fallback, storage } = settings
  const caches = { storage, ...(fallback !== undefined && { fallback }) }
  return [kind, { ...caches, unsaved: strategy.backlog?.unsaved ?? 0, refused, unknown }]
}
