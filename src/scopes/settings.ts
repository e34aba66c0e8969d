/** The scopes that hold records: one for each visit, one for each returning visitor. */
export type ScopeKind = 'session' | 'client'

/** The configuration of one scope of one application. Times are in milliseconds; null means no limit. */
export interface ScopeSettings {
  /** The name of a cache with `storage: true`. */
  readonly storage: string
  /** The name of another one, from which the records move to `storage`. Absent: all are in `storage`. */
  readonly fallback?: string
  /** true: records live in the cache. false: they live in this node's memory and are backed up to the cache. */
  readonly cluster: boolean
  /** The idle timeout. */
  readonly timeoutMs: number | null
  /** The idle timeout of a record that `onSessionStart` began, until its visitor comes back. Absent: `timeoutMs`. */
  readonly firstTimeoutMs?: number
  /** The life of a record whose visitor asked to be remembered at login, in place of `timeoutMs` and `lifetimeMs`. Absent: the scope has no such logins. */
  readonly remember?: { readonly timeoutMs: number | null; readonly lifetimeMs: number | null }
  /** The longest life of a record, from its creation. */
  readonly lifetimeMs: number | null
  /** `cluster: false`: whether the response waits for the backup (`response`) or not (`behind`). */
  readonly backup: 'response' | 'behind'
  /** The names of attributes that are kept on this node only, and never stored. */
  readonly transient: readonly string[]
  readonly whenUnavailable: 'fail' | 'local'
  readonly onUndecodable: 'drop' | 'fail'
  /** Whether a request looks, after its response, for values that were changed in place too late to be saved. */
  readonly reportLateChanges: boolean
  /** How long an expired or ended record waits for its end handler. */
  readonly endGraceMs: number
  /** The most bytes that this node keeps in memory: local copies (cluster) or records (memory-first). */
  readonly memoryBytes: number
  /** The most bytes of a record's encoded attributes with their names. */
  readonly maxSizeBytes: number
  /** `optimistic`: a request fails if another one has changed the record since it was loaded. */
  readonly concurrency: 'merge' | 'optimistic'
  /** `cluster: true`: an access within this time after one that the store knows is not sent at once. 0: each access is sent. */
  readonly touchIntervalMs: number
  readonly limit?: { readonly perPrincipal: number; readonly then: 'endOldest' | 'refuse' }
}
