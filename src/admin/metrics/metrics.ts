import { channels, type Messages } from '../../diagnostics/channels.js'
import { isScopesError } from '../../errors/scopes-error.js'
import type { Instruments } from './instruments.js'
import type { RecordCounts } from './record-counts.js'
import type { WatchedCache, WatchedScope } from './watched.js'

/** The metrics of one container as a page in the text format of Prometheus. */
export interface MetricsPage {
  /** The value for the header `Content-Type`. */
  readonly contentType: string
  /** The page. Asks the stores for nothing but the number of records, and that at most once in `metrics.records`. */
  text(): Promise<string>
}

export interface MetricsParts {
  readonly caches: readonly WatchedCache[]
  readonly scopes: readonly WatchedScope[]
  readonly connections: { readonly size: number }
  /** Absent: records are not counted. */
  readonly records?: RecordCounts
}

type Listener = (message: never) => void

/**
 * Counts what the channels publish of one container, from its start on. All containers of a process publish on the same
 * channels, so messages of other caches and applications are left out.
 */
export class Metrics implements MetricsPage {
  readonly #instruments: Instruments
  readonly #parts: MetricsParts
  readonly #caches: ReadonlySet<string>
  readonly #applications: ReadonlySet<string>
  readonly #listeners = new Map<keyof Messages, Listener>()

  constructor(instruments: Instruments, parts: MetricsParts) {
    this.#instruments = instruments
    this.#parts = parts
    this.#caches = new Set(parts.caches.map(({ name }) => name))
    this.#applications = new Set(parts.scopes.map(({ application }) => application))
    this.#listen('store', (call) => this.#called(call))
    this.#listen('load', (load) => this.#loaded(load))
    this.#listen('commit', (commit) => this.#committed(commit))
    this.#listen('end', (end) => this.#ended(end))
  }

  get contentType(): string {
    return this.#instruments.registry.contentType
  }

  async text(): Promise<string> {
    const counts = (await this.#parts.records?.read()) ?? []
    const { caches, connections, scopes } = this.#parts
    const instruments = this.#instruments
    const ofCaches = (read: (cache: WatchedCache) => number) =>
      caches.map((cache) => [{ cache: cache.name }, read(cache)] as const)
    const ofScopes = (read: (scope: WatchedScope) => number) =>
      scopes.map((it) => [{ application: it.application, scope: it.scope }, read(it)] as const)
    instruments.gauge(
      'koa_scopes_cache_available',
      ofCaches(({ isAvailable }) => Number(isAvailable)),
    )
    instruments.count(
      'koa_scopes_outages_total',
      ofCaches(({ outages }) => outages),
    )
    instruments.count(
      'koa_scopes_unavailable_calls_total',
      ofCaches(({ failures }) => failures),
    )
    instruments.gauge(
      'koa_scopes_unsaved_records',
      ofScopes(({ unsaved }) => unsaved),
    )
    instruments.count(
      'koa_scopes_refused_credentials_total',
      ofScopes(({ refused }) => refused),
    )
    instruments.count(
      'koa_scopes_unknown_credentials_total',
      ofScopes(({ unknown }) => unknown),
    )
    instruments.gauge('koa_scopes_live_connections', [[{}, connections.size]])
    instruments.gauge(
      'koa_scopes_records',
      counts.map(({ application, scope, records }) => [{ application, scope }, records] as const),
    )
    return instruments.registry.metrics()
  }

  /** Counts no more. */
  close(): void {
    for (const [name, listener] of this.#listeners) channels[name].asyncEnd.unsubscribe(listener as never)
    this.#listeners.clear()
  }

  #listen<Name extends keyof Messages>(name: Name, listener: (message: Messages[Name]) => void): void {
    this.#listeners.set(name, listener as Listener)
    channels[name].asyncEnd.subscribe(listener as never)
  }

  #called({ cache, operation, durationMs = 0, ...result }: Messages['store']): void {
    if (!this.#caches.has(cache)) return
    this.#instruments.observe('koa_scopes_store_call_duration_seconds', { cache, operation }, durationMs)
    this.#instruments.add('koa_scopes_store_calls_total', { cache, operation, outcome: outcomeOf(result) })
  }

  #loaded({ application, scope, mode, durationMs = 0, ...result }: Messages['load']): void {
    if (!this.#applications.has(application)) return
    const way = { application, scope, mode }
    this.#instruments.observe('koa_scopes_load_duration_seconds', way, durationMs)
    this.#instruments.add('koa_scopes_loads_total', { ...way, outcome: outcomeOf(result) })
  }

  #committed({ application, scope, mode, bytes, durationMs = 0, ...result }: Messages['commit']): void {
    if (!this.#applications.has(application)) return
    const way = { application, scope, mode }
    this.#instruments.observe('koa_scopes_commit_duration_seconds', way, durationMs)
    this.#instruments.add('koa_scopes_commits_total', { ...way, outcome: outcomeOf(result) })
    this.#instruments.add('koa_scopes_commit_bytes_total', way, bytes)
  }

  #ended({ application, scope, reason, error, durationMs = 0 }: Messages['end']): void {
    if (!this.#applications.has(application)) return
    const outcome = error === undefined ? 'handled' : 'failed'
    this.#instruments.observe('koa_scopes_end_duration_seconds', { application, scope }, durationMs)
    this.#instruments.add('koa_scopes_ends_total', { application, scope, reason, outcome })
  }
}

/** One of few: an outcome, the code of an error of this package, `error` for any other, `ok` for an answer without a status. */
function outcomeOf({ outcome, error }: { readonly outcome?: string; readonly error?: unknown }): string {
  if (outcome !== undefined) return outcome
  if (error === undefined) return 'ok'
  return isScopesError(error) ? error.code : 'error'
}
