/*
 * The part of hazelcast-client that this driver uses.
 */

/** The writer of what members read in the same order. */
export interface Output {
  writeBoolean(value: boolean): void
  writeByte(value: number): void
  writeDouble(value: number): void
  writeInt(value: number): void
  writeString(value: string | null): void
  writeStringArray(values: string[] | null): void
  writeIntArray(values: number[] | null): void
  writeByteArray(bytes: Buffer | null): void
}

/** An object of a class that members have, which both know by its numbers. */
export interface Sendable {
  readonly factoryId: number
  readonly classId: number
  readData(): void
  writeData(output: Output): void
}

export interface HazelcastMap<V> {
  get(key: string): Promise<V | null>
  set(key: string, value: V, ttlMs?: number): Promise<void>
  putIfAbsent(key: string, value: V): Promise<V | null>
  replaceIfSame(key: string, from: V, to: V): Promise<boolean>
  /** With a value: removes the entry if it has this value, and says whether it did. */
  remove(key: string, value: V): Promise<boolean>
  remove(key: string): Promise<V | null>
  clear(): Promise<void>
  addIndex(index: {
    readonly name: string
    readonly type: 'SORTED' | 'HASH'
    readonly attributes: string[]
  }): Promise<void>
  entrySetWithPredicate(predicate: Predicate): Promise<[string, V][]>
  aggregateWithPredicate(aggregator: Aggregator | Sendable, predicate: Predicate): Promise<unknown>
  executeOnKey(key: string, processor: Sendable): Promise<unknown>
}

/** A sequence number of a ringbuffer. */
interface Long {
  toNumber(): number
}

export interface Ringbuffer {
  add(item: string): Promise<Long>
  tailSequence(): Promise<Long>
  /** Waits until there are `minCount` items from this number on. If some have been overwritten, it begins with the oldest left. */
  readMany(start: number, minCount: number, maxCount: number): Promise<ReadResultSet>
}

interface ReadResultSet {
  size(): number
  get(index: number): string
  getSequence(index: number): Long
  getNextSequenceToReadFrom(): Long
}

export interface Member {
  readonly address: { toString(): string }
  readonly liteMember: boolean
  readonly version: { readonly major: number; readonly minor: number; readonly patch: number }
}

export interface HazelcastClient {
  getMap<V>(name: string): Promise<HazelcastMap<V>>
  getRingbuffer(name: string): Promise<Ringbuffer>
  getCluster(): { getMembers(): Member[] }
  shutdown(): Promise<void>
}

declare const opaque: unique symbol

export interface Predicate {
  readonly [opaque]?: 'predicate'
}

interface Aggregator {
  readonly [opaque]?: 'aggregator'
}

type Comparable = string | number

interface HazelcastPredicates {
  and(...predicates: Predicate[]): Predicate
  or(...predicates: Predicate[]): Predicate
  alwaysTrue(): Predicate
  equal(attribute: string, value: Comparable | null): Predicate
  greaterThan(attribute: string, value: Comparable): Predicate
  lessEqual(attribute: string, value: Comparable): Predicate
  paging(predicate: Predicate, pageSize: number): Predicate
}

type ErrorClass = abstract new (...parameters: never[]) => Error

export interface HazelcastLibrary {
  readonly Client: { newHazelcastClient(config: object): Promise<HazelcastClient> }
  readonly Predicates: HazelcastPredicates
  readonly Aggregators: { count(): Aggregator; min(attribute: string): Aggregator }
  readonly AuthenticationError: ErrorClass
  readonly ClientNotActiveError: ErrorClass
  readonly ClientNotAllowedInClusterError: ErrorClass
  readonly ClientOfflineError: ErrorClass
  readonly HazelcastInstanceNotActiveError: ErrorClass
  readonly HazelcastSerializationError: ErrorClass
  readonly IndeterminateOperationStateError: ErrorClass
  readonly IOError: ErrorClass
  readonly MemberLeftError: ErrorClass
  readonly OperationTimeoutError: ErrorClass
  readonly QueryError: ErrorClass
  readonly ReachedMaxSizeError: ErrorClass
  readonly RetryableHazelcastError: ErrorClass
  readonly SplitBrainProtectionError: ErrorClass
  readonly TargetDisconnectedError: ErrorClass
}
