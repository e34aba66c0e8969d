/*
 * What a driver promises. Types only: this file imports nothing, and no type of any store's client appears in it.
 *
 * Expected outcomes are returned as statuses; only a broken store throws (a StorageError). Every method applies entirely
 * or not at all to each record. A `load` sees every save that was acknowledged before it was called, on any node.
 * Drivers read no clock: `now` and `touchedAt` come from the caller.
 *
 * A record is live from its creation until `expiresAt <= now`, until it is given an `ending`, or until it is claimed.
 * After that it is missing to all but `claimExpired`, `renew` and `settle`. Its id stays taken until it is settled. An
 * ended record is due from the moment it was ended, or from `expiresAt` if that is earlier.
 *
 * Lengths, which the guard in front of every driver checks: ids, space names and object keys are well-formed text of at
 * most 1,024 bytes in UTF-8, principals of at most 4,096; versions, seals and tokens are at most 128 characters of ASCII
 * without NUL. Neither side changes bytes that it has handed over or been given.
 *
 * `steps.ts` says the same as functions of one record; the suite in `koa-scopes/testing` tests every sentence.
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
  /** Why the record was ended before its time, if it was; `vacant`: nothing was left in it. */
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

/** How long the caller waits for a call, in real time. */
export interface Deadline {
  /** The caller has given up: a driver may stop early, and must not apply later what it has not begun. */
  readonly isPast: boolean
  /** How many milliseconds are left, from 0. For a store that may be late to begin. */
  readonly leftMs: number
  /** Aborts when it passes. Made when a driver asks for it. */
  readonly signal: AbortSignal
}

export interface CallOptions {
  /** The caller's time, by which lives and leases are judged. */
  readonly now: EpochMs
  /** Absent: the caller waits for as long as it takes. */
  readonly deadline?: Deadline
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
  /** Another seal: nothing was touched, and only the time of the present seal is given. */
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
   * When this change leaves no attribute and the record has no principal, the record becomes vacant in the same step. It
   * has the ending `vacant` and is missing, except to updates of requests that loaded it before: these apply as to a live
   * record, and revive it when they put something in. After a minute it may be claimed, to be settled without an end.
   */
  readonly dropIfEmpty?: boolean
  readonly life?: Partial<Life>
  /** Compare-and-set, the only way a seal changes; `sealedAt` becomes `now`. */
  readonly reseal?: { readonly from: string; readonly to: string }
  /** null removes it. Setting another principal makes `principalSince` `now`; setting the present one again does too. */
  readonly principal?: string | null
  /** Ends the record: it is missing from now on, and may be claimed at once. */
  readonly ending?: string
  /** Refused as `conflict` unless the record has this version. */
  readonly ifVersion?: Version
  /** Refused as `unlocked` unless this token holds the record's lock at `now`. */
  readonly lockToken?: string
}

/** create never overwrites, update never revives what has ended; there is no upsert. */
export type RecordChange = RecordCreate | RecordUpdate

export type SaveResult =
  /**
   * `previous` is the version this change replaced (its own for a create, and where it is not known any more). If the
   * caller held that version, its copy plus this change is complete; otherwise others have written since. `dropped`: the
   * record is vacant now.
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
  /** At most this many items per page; from 1. A page may have fewer, or none, and still not be the last. */
  readonly limit: number
  /** Where the page before stopped. */
  readonly cursor?: string
  /** Only the records of exactly this principal. */
  readonly principal?: string
}

/** A record that is live throughout a listing appears in it exactly once, in any order. A page without a cursor is the last. */
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

export interface LeaseOptions extends CallOptions {
  /** Tells this holder from others. */
  readonly token: string
  /** It is this token's until `now + leaseMs`. */
  readonly leaseMs: number
}

/** `held`: another token holds the lock. `missing`: there is no such live record. */
export type LockResult = 'taken' | 'held' | 'missing'

/** `ended`: given an ending, vacated, or claimed because it had expired. A notice of a save may be lost with the node that saved. */
export interface ChangeNotice {
  readonly kind: 'saved' | 'ended'
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
  save(change: RecordChange, options: CallOptions): Promise<SaveResult>
  list(query: ListQuery): Promise<ListPage>
  /** Live records; where `capabilities.exactCount` is false it may be approximate, or older than the call. */
  count(options: CallOptions): Promise<number>
  /**
   * Leases expired and ended records, each to exactly one caller among all nodes: longest due first among those it gives,
   * and none is passed over for ever. A lease that is neither renewed nor settled runs out, and the record is given
   * again, with `attempt` one higher.
   */
  claimExpired(options: ClaimOptions): Promise<readonly Claim[]>
  /** Extends the leases to `now + leaseMs`; returns the ids that these tokens still hold, lapsed ones included that no other caller has claimed. */
  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<readonly string[]>
  /** Deletes the claimed records, with their locks; returns the ids it deleted: those these tokens still hold, judged as in `renew`. */
  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]>
  /** Takes the lock of a live record, or renews it for the token that holds it. */
  lock?(id: string, options: LeaseOptions): Promise<LockResult>
  /** Gives the lock back, lapsed or not; false when this token does not hold it, or there is no such record any more. */
  unlock?(id: string, options: CallOptions & { readonly token: string }): Promise<boolean>
  /**
   * Reports what other nodes change, as `SpaceOptions.notices` says. Resolves with the function that stops it once nothing
   * can be missed; rejects when the store cannot be reached. The driver calls `onGap` after each interruption.
   */
  watch?(listener: ChangeListener): Promise<() => Promise<void>>
}

/** For object caches: plain values with a time to live, overwritten freely. A space and an object space of one name do not meet. */
export interface ObjectSpace {
  get(key: string, options: CallOptions): Promise<Uint8Array | undefined>
  /** `ttlMs` counts from 1; null: until it is deleted or evicted. */
  set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void>
  /** True when there was a live entry. */
  delete(key: string, options: CallOptions): Promise<boolean>
  clear(options: CallOptions): Promise<void>
}

/** What a driver can do. An optional member is absent when its flag says so; nothing throws "not supported". */
export interface Capabilities {
  /** Who else can see what is stored: only this process, every process of this host, every host. */
  readonly reach: 'process' | 'host' | 'network'
  /** What is acknowledged survives the end of this process. */
  readonly durable: boolean
  /** `count` is exact. */
  readonly exactCount: boolean
  /** What `watch` reports at the most: `none` (there is no `watch`), only `ends`, or `all` changes but touches. */
  readonly notices: 'none' | 'ends' | 'all'
  /** `lock` and `unlock` are there. */
  readonly locks: boolean
  /** `health` gives the store's own time. */
  readonly clock: boolean
  /** `objects` is there. */
  readonly objects: boolean
}

export interface SpaceOptions {
  /** How long an expired record waits for its end handler before a store that reclaims by itself may remove it. */
  readonly endGraceMs: number
  /** What other nodes hear of, as far as the driver can: `all`, every change but touches; `ends` (default), that a record has ended. */
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
  /** Rejects with a StorageError; what is stored stays as it is. After STORAGE_UNAVAILABLE it may be called again. */
  open(): Promise<void>
  /** Makes what the spaces of these names need, such as tables and indexes. Called after `open`, so that failures end the start and not a request. */
  prepare?(names: readonly string[]): Promise<void>
  /** Names that differ in any character never share a record. The same name names the same records. */
  space(name: string, options: SpaceOptions): Space
  objects?(name: string): ObjectSpace
  health(options: CallOptions): Promise<DriverHealth>
  /** Resolves when everything acknowledged is as safe as `durable` says. */
  close(): Promise<void>
}
