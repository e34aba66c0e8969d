/** The scopes that hold records: one for each visit, one for each returning visitor. */
export type ScopeKind = 'session' | 'client'

/** What the configuration says of one scope of one application. Times are in milliseconds; null means: no such limit. */
export interface ScopeSettings {
  /** The name of a cache with `storage: true`. */
  readonly storage: string
  /** true: the record lives in the cache. false: it lives in this node's memory and is backed up to the cache. */
  readonly cluster: boolean
  /** The idle timeout. */
  readonly timeoutMs: number | null
  /** The absolute limit, from creation. */
  readonly lifetimeMs: number | null
  /** `cluster: false`: whether the response waits for the backup. */
  readonly backup: 'response' | 'behind'
  readonly whenUnavailable: 'fail' | 'local'
  readonly onUndecodable: 'drop' | 'fail'
  /** How long an ended record waits for its end handler. */
  readonly endGraceMs: number
  /** Bytes of encoded attributes this node keeps: local copies (cluster) or records in memory (memory-first). */
  readonly memoryBytes: number
  /** `optimistic`: a request fails if another one has changed the record since it was loaded. */
  readonly concurrency: 'merge' | 'optimistic'
  /** `cluster: true`: while the store knows of an access younger than this, further ones are not sent to it. 0: each is. */
  readonly touchIntervalMs: number
  readonly limit?: { readonly perPrincipal: number; readonly then: 'endOldest' | 'refuse' }
}
