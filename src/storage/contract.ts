/*
 * The driver contract. Types only: this file imports nothing, and no type of any store's client appears in it.
 *
 * Expected outcomes are returned as statuses; only a broken store throws (a StorageError). For each record, a method
 * applies entirely or not at all. A `load` sees every save that was acknowledged before it was called, on any node.
 * Drivers read no clock: `now` and `touchedAt` come from the caller.
 *
 * A record is live from its creation until `expiresAt <= now`, until it gets an `ending`, or until it is claimed.
 * Then it is missing for all methods except `claimExpired`, `renew` and `settle`. Its id stays taken until it is settled.
 * An ended record is due from the moment it was ended, or from `expiresAt` if that is earlier.
 *
 * Lengths, checked by the guard in front of every driver: ids, space names and object keys are well-formed text of at
 * most 1,024 bytes in UTF-8, principals of at most 4,096, descriptions of at most 1,024 and without NUL; versions, seals,
 * `replaced` and tokens are at most 128 characters of ASCII without NUL. Neither caller nor driver changes bytes that it has
 * passed or received.
 *
 * `steps.ts` has the same rules as functions of one record; the suite in `koa-scopes/testing` tests every sentence.
 */

/** Milliseconds since 1970-01-01 UTC. */
export type EpochMs = number

/**
 * Opaque text, chosen by the writer of each change, never repeated. A touch keeps it, also with a `prolong`; every other
 * change replaces it, also one of seal, principal or life only.
 */
export type Version = string

/**
 * The limits of a record's life; null means no limit. `expiresAt` is always the earlier of `touchedAt + idleMs` and `endsAt`.
 * Drivers apply exactly this formula on every create, touch and change of life. They derive no other time.
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
  /** The number of accesses, counted by touches. */
  readonly hits: number
  /** The digest of the secret; opaque to drivers. */
  readonly seal: string
  /** What the last reseal says of the seals before; opaque to drivers. null: it was never resealed. */
  readonly replaced: string | null
  readonly principal: string | null
  /** The time when the principal was last set, also to the same value; null without a principal. */
  readonly principalSince: EpochMs | null
  /** What the application says of this login, such as its device and address; opaque to drivers. null: nothing. */
  readonly description: string | null
  /** The reason why the record was ended before it expired; `vacant`: no attribute was left. null: it was not ended. */
  readonly ending: string | null
}

export interface StoredRecord extends RecordHead {
  /** Names are well-formed Unicode up to 1,024 bytes, also `__proto__`, dots and NUL; values are any bytes. */
  readonly attributes: ReadonlyMap<string, Uint8Array>
}

/** An access. The later `touchedAt` wins, so an older touch never shortens a life. `hits` (default 0) is always added. */
export interface Touch {
  readonly touchedAt: EpochMs
  readonly hits?: number
}

/** The time until which the caller waits for a call, in real time. */
export interface Deadline {
  /** Whether the caller has given up. A driver may stop early, and must not begin to apply the call after this. */
  readonly isPast: boolean
  /** The milliseconds left, from 0. For a store that may begin late. */
  readonly leftMs: number
  /** Aborts when the deadline passes. Created when a driver reads it. */
  readonly signal: AbortSignal
}

export interface CallOptions {
  /** The caller's time. Lives and leases are compared with it. */
  readonly now: EpochMs
  /** Absent: the caller waits without limit. */
  readonly deadline?: Deadline
}

/** An absent member and one that is undefined mean the same. */
export interface LoadOptions extends CallOptions {
  /** Compared with the record's seal inside the load. Absent: not compared. */
  readonly seal?: string | undefined
  /** The version that the caller holds. If the record still has it, the answer is `unchanged` and carries no attributes. */
  readonly ifChangedSince?: Version | undefined
  /** Applied in the same step if the record is found and the seal matches; the answer shows the record after it. */
  readonly touch?: Touch | undefined
  /** With a touch, in the same step: an idle time of exactly `fromMs` becomes `toMs`. */
  readonly prolong?: { readonly fromMs: number; readonly toMs: number | null } | undefined
}

/** A question about a record. An absent member is not compared. */
export interface Look {
  readonly now: EpochMs
  readonly seal?: string | undefined
  readonly version?: Version | undefined
}

export type LoadResult =
  | { readonly status: 'missing' }
  /** The seal does not match. Nothing was touched; only what the head says of the seals before is returned. */
  | { readonly status: 'refused'; readonly replaced: string | null }
  | {
      readonly status: 'unchanged'
      readonly touchedAt: EpochMs
      /** The access before this one: `touchedAt` before this call's touch. */
      readonly previouslyTouchedAt: EpochMs
      readonly expiresAt: EpochMs | null
      readonly hits: number
    }
  | { readonly status: 'loaded'; readonly record: StoredRecord; readonly previouslyTouchedAt: EpochMs }

interface RecordWrite {
  readonly id: string
  /** The version of the record after this change. */
  readonly version: Version
  readonly touch?: Touch
  readonly set?: ReadonlyMap<string, Uint8Array>
}

/** A new record, or one that another store had: then `createdAt`, `principalSince` and `replaced` keep what it was. `touchedAt` is that of `touch`, or `now`. */
export interface RecordCreate extends RecordWrite {
  readonly mode: 'create'
  readonly seal: string
  readonly life: Life
  readonly principal?: string
  readonly description?: string
  /** Default: `now`. */
  readonly createdAt?: EpochMs
  /** Default: `now`. Without a principal it is ignored. */
  readonly principalSince?: EpochMs
  /** Default: the record was never resealed. */
  readonly replaced?: string
}

/** A change of a record; absent members stay unchanged. Checks in this order: missing, unlocked, conflict, resealed. The first that fails is the answer, with no change. */
export interface RecordUpdate extends RecordWrite {
  readonly mode: 'update'
  /** Removes every attribute but these, before `unset` and `set`. */
  readonly clear?: { readonly except: readonly string[] }
  readonly unset?: readonly string[]
  /**
   * If this change leaves no attribute and the record has no principal, the record becomes vacant in the same step: it has
   * the ending `vacant` and is missing for all but updates, from requests that loaded it before. These apply as to a live
   * record, and revive it if they set an attribute or principal. After a minute it may be claimed and settled, without an end.
   */
  readonly dropIfEmpty?: boolean
  readonly life?: Partial<Life>
  /** Changes the seal by compare-and-set, the only way a seal and `replaced` change. */
  readonly reseal?: { readonly from: string; readonly to: string; readonly replaced: string }
  /** null removes it. Any other value makes `principalSince` `now`, also if it is the present principal. */
  readonly principal?: string | null
  /** null removes it. A change of the principal keeps it. */
  readonly description?: string | null
  /** Ends the record for this reason: it is missing from now on, and may be claimed at once. */
  readonly ending?: string
  /** Refused as `conflict` unless the record has this version. */
  readonly ifVersion?: Version
  /** Refused as `unlocked` unless this token holds the record's lock at `now`. */
  readonly lockToken?: string
}

/** A create never overwrites a record, an update never revives one that has ended. There is no upsert. */
export type RecordChange = RecordCreate | RecordUpdate

export type SaveResult =
  /**
   * `previous` is the version that this change replaced (its own version for a create, or if the replaced one is unknown).
   * If the caller held `previous`, its copy plus this change is the whole record; otherwise others have written since.
   * `dropped`: the record is vacant now.
   */
  | { readonly status: 'saved'; readonly previous: Version; readonly dropped?: boolean }
  | { readonly status: 'conflict'; readonly version: Version }
  | { readonly status: 'resealed' }
  | { readonly status: 'unlocked' }
  | { readonly status: 'missing' }
  | { readonly status: 'exists' }

/** The exclusive right to end one expired record. `attempt` (from 1) is the number of claims on this record so far, counted in the store. */
export interface Claim {
  readonly token: string
  readonly attempt: number
  readonly record: StoredRecord
}

export interface ListQuery extends CallOptions {
  /** At most this many items per page; from 1. A page may have fewer, or none, and still not be the last. */
  readonly limit: number
  /** The cursor of the page before. */
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
  /** The lease: the claim belongs to this caller until `now + leaseMs`. */
  readonly leaseMs: number
  /** Claims only this record, if it is due. */
  readonly id?: string
}

export interface LeaseOptions extends CallOptions {
  /** Identifies the holder. */
  readonly token: string
  /** The lock belongs to this token until `now + leaseMs`. */
  readonly leaseMs: number
}

/** `held`: another token holds the lock. `missing`: there is no such live record. */
export type LockResult = 'taken' | 'held' | 'missing'

/**
 * A change by another node. `saved`: the record was updated; a creation is not reported, because no other node holds the record.
 * `ended`: it got an ending, became vacant, or expired and was claimed. `unlocked`: its lock was released by `unlock`. A notice of a
 * save or release is lost if the node that made it dies.
 */
export interface ChangeNotice {
  readonly kind: 'saved' | 'ended' | 'unlocked'
  readonly id: string
  readonly version?: Version
}

export interface ChangeListener {
  onChange(notice: ChangeNotice): void
  /** Notices may have been missed: the listener must ask the store again for every record it holds. */
  onGap(): void
}

/** The records of one scope of one application. */
export interface Space {
  load(id: string, options: LoadOptions): Promise<LoadResult>
  save(change: RecordChange, options: CallOptions): Promise<SaveResult>
  list(query: ListQuery): Promise<ListPage>
  /** The number of live records. If `capabilities.exactCount` is false, it may be approximate, or older than the call. */
  count(options: CallOptions): Promise<number>
  /**
   * Claims due records, each for exactly one caller among all nodes. The result begins with those due longest, and every
   * due record is returned sooner or later. A lease that is neither renewed nor settled runs out; then the record can be
   * claimed again, with `attempt` one higher.
   */
  claimExpired(options: ClaimOptions): Promise<readonly Claim[]>
  /** Extends the leases to `now + leaseMs`. Returns the ids that these tokens still hold: also after a lease has run out, until another caller claims the record. */
  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<readonly string[]>
  /** Deletes the records that these tokens still hold (in the sense of `renew`), with their locks. Returns the deleted ids. */
  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]>
  /**
   * Whether the record is live, and has this seal and version; without waiting, as a load that began now would see it. It
   * may throw anything: then the caller loads. Absent: a load tells.
   */
  matches?(id: string, look: Look): boolean
  /** Takes the lock of a live record, or renews it for the token that already holds it. */
  lock?(id: string, options: LeaseOptions): Promise<LockResult>
  /** Releases the lock, also after its lease has run out. False if this token does not hold it, or the record is gone. */
  unlock?(id: string, options: CallOptions & { readonly token: string }): Promise<boolean>
  /**
   * Reports the changes of other nodes that `SpaceOptions.notices` asks for. Resolves, with a function that stops it, when no
   * later change can be missed; rejects if the store cannot be reached. The driver calls `onGap` after each interruption.
   */
  watch?(listener: ChangeListener): Promise<() => Promise<void>>
}

/** The values of an object cache, each with a time to live; a `set` overwrites. A space and an object space of the same name share nothing. */
export interface ObjectSpace {
  get(key: string, options: CallOptions): Promise<Uint8Array | undefined>
  /** `ttlMs` is at least 1; null: until the value is deleted or evicted. */
  set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void>
  /** True if there was a live entry. */
  delete(key: string, options: CallOptions): Promise<boolean>
  clear(options: CallOptions): Promise<void>
}

/** The abilities of a driver. If a flag is false, the optional member is absent; no method throws "not supported". */
export interface Capabilities {
  /** The processes that share the data: only this one, every process of this host, or every host. */
  readonly reach: 'process' | 'host' | 'network'
  /** Acknowledged changes survive the end of this process. */
  readonly durable: boolean
  /** `count` is exact. */
  readonly exactCount: boolean
  /** The most that `watch` can report: `none` (there is no `watch`), only `ends` and releases of locks, or `all` changes but creations and touches. */
  readonly notices: 'none' | 'ends' | 'all'
  /**
   * A load takes microseconds. If other processes can share the store, memory-first scopes ask it at every request, so that a
   * logout or rotation holds at once everywhere. Default: false: they learn of it from a notice, or from their next touch.
   */
  readonly localReads?: boolean
  /** The space has `lock` and `unlock`. */
  readonly locks: boolean
  /** `health` returns the store's own time. */
  readonly clock: boolean
  /** The driver has `objects`. */
  readonly objects: boolean
}

export interface SpaceOptions {
  /** The time that an expired record is kept for its end handler. After it, a store that expires data by itself may remove it. */
  readonly endGraceMs: number
  /** The changes that other nodes are notified of, if the driver can: `all` but creations and touches, or only `ends` and releases of locks (default). */
  readonly notices?: 'all' | 'ends'
}

export interface DriverHealth {
  /** The store's own time, if it has one. */
  readonly storeTime?: EpochMs
  /** Sentences for the operator, such as: the eviction policy loses sessions, the version is too old. */
  readonly warnings: readonly string[]
  /** Figures to show: sizes, counts, versions. Never secrets. */
  readonly details: Readonly<Record<string, string | number | boolean>>
}

/** The owner of the connections to one store, used by one container. `open` is called first, and not again once it succeeded; `close` is called last, once. */
export interface Driver {
  readonly capabilities: Capabilities
  /** Connects. Rejects with a StorageError, and changes no stored data. After STORAGE_UNAVAILABLE it may be called again. */
  open(): Promise<void>
  /** Creates what the spaces of these names need, such as tables and indexes. Called after `open`, so that a failure stops the start instead of a request. */
  prepare?(names: readonly string[]): Promise<void>
  /** The space of this name. Names that differ in any character share no record; equal names share all. */
  space(name: string, options: SpaceOptions): Space
  objects?(name: string): ObjectSpace
  health(options: CallOptions): Promise<DriverHealth>
  /** Resolves when everything acknowledged is as safe as `durable` promises. */
  close(): Promise<void>
}
