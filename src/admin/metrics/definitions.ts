/** A metric of this package. A test compares all of them with docs/diagnostics.md. */
export interface Definition {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

const scope = ['application', 'scope']
const way = [...scope, 'mode']

const counter = (help: string, labels: readonly string[]) => ({ kind: 'counter', help, labels }) as const
const gauge = (help: string, labels: readonly string[]) => ({ kind: 'gauge', help, labels }) as const
const histogram = (help: string, labels: readonly string[]) => ({ kind: 'histogram', help, labels }) as const

/** All metrics by their names. No label has more values than the configuration, the operations and the outcomes have. */
export const definitions = {
  koa_scopes_store_call_duration_seconds: histogram('Duration of calls to the store.', ['cache', 'operation']),
  koa_scopes_store_calls_total: counter('Calls to the store.', ['cache', 'operation', 'outcome']),
  koa_scopes_load_duration_seconds: histogram('Duration of opening a scope for a request.', way),
  koa_scopes_loads_total: counter('Scopes opened for requests.', [...way, 'outcome']),
  koa_scopes_commit_duration_seconds: histogram('Duration of saving the changes of a scope.', way),
  koa_scopes_commits_total: counter('Saved changes of scopes.', [...way, 'outcome']),
  koa_scopes_commit_bytes_total: counter('Encoded size of the attributes in commits.', way),
  koa_scopes_end_duration_seconds: histogram('Duration of end handlers.', scope),
  koa_scopes_ends_total: counter('Ended records, at each attempt of their end handler.', [
    ...scope,
    'reason',
    'outcome',
  ]),
  koa_scopes_cache_available: gauge('1 while the store of the cache can be reached, else 0.', ['cache']),
  koa_scopes_outages_total: counter('How often the store has become unavailable.', ['cache']),
  koa_scopes_unavailable_calls_total: counter('Calls that failed because the store was unavailable.', ['cache']),
  koa_scopes_records: gauge('Live records in the store, of all nodes.', scope),
  koa_scopes_unsaved_records: gauge('Records on this node with changes that the store does not have yet.', scope),
  koa_scopes_refused_credentials_total: counter('Credentials with a wrong secret for a record that exists.', scope),
  koa_scopes_unknown_credentials_total: counter('Credentials for a record that does not exist.', scope),
  koa_scopes_live_connections: gauge('Open live connections on this node.', []),
} satisfies Readonly<Record<string, Definition>>

type MetricName = keyof typeof definitions
type NameOf<Kind> = { [Name in MetricName]: (typeof definitions)[Name]['kind'] extends Kind ? Name : never }[MetricName]
export type CounterName = NameOf<'counter'>
export type GaugeName = NameOf<'gauge'>
export type HistogramName = NameOf<'histogram'>
