/*
 * What a driver promises. Types only: this file imports nothing, and no client, connection or transaction type of any
 * store appears in it.
 *
 * Expected outcomes are returned as statuses; only a broken store throws (a StorageError). Every method applies entirely
 * or not at all per record. A `load` sees every save that was acknowledged before it was called, whichever process or
 * node made it. Drivers read no clock: `now` and `touchedAt` come from the caller.
 *
 * A record is live from its creation until `expiresAt <= now`, until it is given an `ending`, or until it is claimed.
 * From then on it is missing to `load`, `save`, `delete`, `list` and `count`; only `claimExpired`, `renew` and `settle`
 * see it. Its id stays taken until it is settled. An ended record is due from the moment it was ended, or from
 * `expiresAt` if that is earlier.
 *
 * Ids, object keys and principals are any well-formed text. Neither side changes bytes that it has handed over or been given.
 * `docs/writing-a-driver.md` walks through a complete driver; `koa-scopes/testing` holds every sentence to the test.
 */

/** Milliseconds since 1970-01-01 UTC. */
export type EpochMs = number

/** Opaque; chosen by the writer of each change, never repeated. A touch leaves it alone; every other change replaces it, seal, principal and life included. */
export type Version = string

/**
 * How long a record lives. `expiresAt` is always the earlier of `touchedAt + idleMs` and `endsAt`; null means: no such limit.
 * Drivers apply exactly this formula on every create, touch and change of life; it is the only time they derive.
 */
export interface Life {
  readonly idleMs: number | null
  readonly endsAt: EpochMs | null
}

export interface RecordHead extends Life {
  readonly id: string
  readonly version: Version
  readonly createdAt: EpochMs
  readonly touchedAt: EpochMs
  /** null: never. */
  readonly expiresAt: EpochMs | null
  /** Accesses counted by touches. */
  readonly hits: number
  /** Digest of the secret; opaque to drivers. */
  readonly seal: string
  /** When the seal last changed: the creation or the last reseal. */
  readonly sealedAt: EpochMs
  readonly principal: string | null
  /** When the principal was last set to this value; null without a principal. */
  readonly principalSince: EpochMs | null
  /** Why it was ended before its time, if it was; `vacant`: nothing was left in it. */
  readonly ending: string | null
}

export interface StoredRecord extends RecordHead {
  /** Names are any well-formed Unicode up to 1,024 bytes, `__proto__`, dots and NUL included; values any bytes. */
  readonly attributes: ReadonlyMap<string, Uint8Array>
}

/** An access. The later one wins: an older touch never shortens a life. `hits` (default 0) is added, whichever is later. */
export interface Touch {
  readonly touchedAt: EpochMs
  readonly hits?: number
}

export interface CallOptions {
  /** The caller's time, by which lives and leases are judged. */
  readonly now: EpochMs
  /** The caller has given up, after the call began: a driver may stop early, and must not apply later what it has not begun. */
  readonly signal?: AbortSignal
  /** Whether the caller has given up by now: what `signal` tells, for those who look and need not listen. */
  readonly hasGivenUp?: boolean
  /** In how many milliseconds of real time the caller gives up, for a store that may be late to begin. */
  readonly timeoutMs?: number
}

export interface LoadOptions extends CallOptions {
  /** Compared with the record's seal inside the load. Absent: not compared. */
  readonly seal?: string
  /** The version the caller holds; when the record still has it, the answer is `unchanged` and carries no attributes. */
  readonly ifChangedSince?: Version
  /** Applied in the same step when the record is found and the seal fits; the answer shows the record after it. */
  readonly touch?: Touch
}

export type LoadResult =
  | { readonly status: 'missing' }
  /** Another seal: nothing was touched, nothing but the time of the present seal is told. */
  | { readonly status: 'refused'; readonly sealedAt: EpochMs }
  | {
      readonly status: 'unchanged'
      readonly touchedAt: EpochMs
      /** `touchedAt` as it was before this call's touch: the access before this one. */
      readonly previouslyTouchedAt: EpochMs
      readonly expiresAt: EpochMs | null
      readonly hits: number
    }
  | { readonly status: 'loaded'; readonly record: StoredRecord; readonly previouslyTouchedAt: EpochMs }

interface RecordWrite {
  readonly id: string
  /** The version the record has from now on. */
  readonly version: Version
  readonly touch?: Touch
  readonly set?: ReadonlyMap<string, Uint8Array>
}

/** `createdAt`, `sealedAt` and (with a principal) `principalSince` become `now`; `touchedAt` is the touch's, or `now` without one. */
export interface RecordCreate extends RecordWrite {
  readonly mode: 'create'
  readonly seal: string
  readonly life: Life
  readonly principal?: string
}

/** What is absent stays as it is. Checks come in this order: missing, unlocked, conflict, resealed; the first that fails is the answer and nothing is changed. */
export interface RecordUpdate extends RecordWrite {
  readonly mode: 'update'
  /** Removes every attribute but these, before `unset` and `set`. */
  readonly clear?: { readonly except: readonly string[] }
  readonly unset?: readonly string[]
  /**
   * When this change leaves no attribute and the record has no principal, the record becomes vacant, in this same step,
   * with the ending `vacant`: missing to everyone, but for the updates of requests that loaded it before. These apply as
   * to a live record, and bring it back when there is something in it again. After a minute it may be claimed, to be
   * settled without further ado.
   */
  readonly dropIfEmpty?: boolean
  readonly life?: Partial<Life>
  /** Compare-and-set, the only way a seal changes; `sealedAt` becomes `now`. */
  readonly reseal?: { readonly from: string; readonly to: string }
  /** null removes it. Setting another principal makes `principalSince` `now`; setting the present one again does too. */
  readonly principal?: string | null
  /** Ends it now: missing to everyone from here on, claimable at once. */
  readonly ending?: string
  /** Refused as `conflict` unless the record has this version. */
  readonly ifVersion?: Version
  /** Refused as `unlocked` unless this lock is held on the record at `now`. */
  readonly lockToken?: string
}

/** create never overwrites, update never revives what has ended; there is no upsert. */
export type RecordChange = RecordCreate | RecordUpdate

export interface SaveOptions extends CallOptions {
  /** The version the caller holds of the record. Not for drivers: with it a save whose answer was lost is asked again. */
  readonly held?: Version
}

export type SaveResult =
  /**
   * `previous` is the version this change replaced (its own for a create, and when nobody knows any more). When it is the
   * one the caller held, the caller's copy plus its change is complete; otherwise others have written and the copy must
   * go. `dropped`: the record is vacant now.
   */
  | { readonly status: 'saved'; readonly previous: Version; readonly dropped?: boolean }
  | { readonly status: 'conflict'; readonly version: Version }
  | { readonly status: 'resealed' }
  | { readonly status: 'unlocked' }
  | { readonly status: 'missing' }
  | { readonly status: 'exists' }

/** The exclusive right to end one expired record. `attempt` (from 1) counts in the store how often the record has been claimed. */
export interface Claim {
  readonly token: string
  readonly attempt: number
  readonly record: StoredRecord
}

export interface ListQuery extends CallOptions {
  /** At most this many items per page; from 1. */
  readonly limit: number
  /** Where the page before stopped. */
  readonly cursor?: string
  /** Only the records of exactly this principal. */
  readonly principal?: string
}

/** A record that is live throughout a listing appears in it exactly once; the order is the driver's. A page without a cursor is the last. */
export interface ListPage {
  readonly items: readonly RecordHead[]
  readonly cursor?: string
}

export interface ClaimOptions extends CallOptions {
  readonly limit: number
  /** The claim is this caller's until `now + leaseMs`. */
  readonly leaseMs: number
  /** Only this record, if it may be claimed. */
  readonly id?: string
}

/**
 * What another node has done to a record. `ended`: given an ending, vacated, or claimed because it had expired. `ended` and
 * `deleted` are always told, `saved` where the space tells it.
 */
export interface ChangeNotice {
  readonly kind: 'saved' | 'ended' | 'deleted'
  readonly id: string
  readonly version?: Version
}

export interface ChangeListener {
  onChange(notice: ChangeNotice): void
  /** Notices may have been missed: whatever is held must be asked for again. */
  onGap(): void
}

/** The records of one scope of one application. */
export interface Space {
  load(id: string, options: LoadOptions): Promise<LoadResult>
  save(change: RecordChange, options: SaveOptions): Promise<SaveResult>
  /** Removes a live record without an end. True when there was one. */
  delete(id: string, options: CallOptions): Promise<boolean>
  list(query: ListQuery): Promise<ListPage>
  /** Live records; may be approximate, as `capabilities.exactCount` says. */
  count(options: CallOptions): Promise<number>
  /**
   * Leases expired and ended records, longest due first, each to exactly one caller among all nodes. A lease that is
   * neither renewed nor settled runs out and the record is given again, with `attempt` one higher.
   */
  claimExpired(options: ClaimOptions): Promise<readonly Claim[]>
  /** Extends the leases to `now + leaseMs`; returns the ids still held by these tokens, lapsed ones included that nobody else has claimed. */
  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<readonly string[]>
  /** Deletes the claimed records; returns the ids it settled: those still held by these tokens, judged as in `renew`. */
  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]>
  /** Takes the lock named `id`, whether or not there is such a record, until `now + leaseMs`; false while another token holds it. The holder's own token renews. */
  lock?(id: string, options: CallOptions & { readonly token: string; readonly leaseMs: number }): Promise<boolean>
  /** False when this token does not hold the lock. */
  unlock?(id: string, token: string): Promise<boolean>
  /**
   * Tells what other nodes change, as `SpaceOptions.notices` says. Resolves once nothing can be missed any more, with the
   * function that stops it; rejects when the store cannot be reached. Afterwards it is for the driver to go on: it calls
   * `onGap` after each interruption.
   */
  watch?(listener: ChangeListener): Promise<() => Promise<void>>
}

/** The part of a driver that serves object caches: plain values with a time to live, overwritten freely. A space and an object space of one name do not meet. */
export interface ObjectSpace {
  get(key: string, options: CallOptions): Promise<Uint8Array | undefined>
  /** `ttlMs` counts from 1; null: until it is deleted or evicted. */
  set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void>
  /** True when there was a live entry. */
  delete(key: string, options: CallOptions): Promise<boolean>
  clear(options: CallOptions): Promise<void>
}

/** What a driver can do. An optional member is absent when its flag is false; nothing throws "not supported". */
export interface Capabilities {
  /** Who else can see what is stored: only this process, every process of this host, every host. */
  readonly reach: 'process' | 'host' | 'network'
  /** What is acknowledged survives the end of this process. */
  readonly durable: boolean
  /** `emulated`: an unchanged record is read in full all the same. */
  readonly conditionalLoad: 'native' | 'emulated'
  /** `emulated`: the record is rewritten in full for every change. */
  readonly deltaSave: 'native' | 'emulated'
  /** `scan`: a listing by principal reads every record. */
  readonly principalIndex: 'native' | 'scan'
  /** `count` is exact. */
  readonly exactCount: boolean
  /** `watch` is there. */
  readonly notices: boolean
  /** `lock` and `unlock` are there. */
  readonly locks: boolean
  /** `health` tells the store's own time. */
  readonly clock: boolean
  /** `objects` is there. */
  readonly objects: boolean
  /** The store removes expired records by itself, late, when nobody claims them. */
  readonly reclaimsByItself: boolean
}

export interface SpaceOptions {
  /** How long an expired record waits for its end handler before a store that reclaims by itself may remove it. */
  readonly endGraceMs: number
  /** What other nodes are told of: `all`, every change but touches; `ends` (default), that a record has ended or was deleted. */
  readonly notices?: 'all' | 'ends'
}

export interface DriverHealth {
  /** The store's own time, where it has one. */
  readonly storeTime?: EpochMs
  /** What an operator should know: an eviction policy that loses sessions, a version that is too old. */
  readonly warnings: readonly string[]
  /** Figures worth showing: sizes, counts, versions. Never secrets. */
  readonly details: Readonly<Record<string, string | number | boolean>>
}

/** Owns the connections. Used by one container; `open` comes first and, once it has succeeded, never again; `close` comes last and once. */
export interface Driver {
  readonly capabilities: Capabilities
  /** Rejects with a StorageError that names the cause; what is stored stays as it is. After STORAGE_UNAVAILABLE it may be called again. */
  open(): Promise<void>
  /** Names that differ in any character never share a record. The same name names the same records. */
  space(name: string, options: SpaceOptions): Space
  objects?(name: string): ObjectSpace
  health(options: CallOptions): Promise<DriverHealth>
  /** Ends when everything acknowledged is as safe as `durable` says. */
  close(): Promise<void>
}
