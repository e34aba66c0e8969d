import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/*
 * How keys are named. Braces say which part of a key decides on its slot: all keys of a bucket are in one slot, so that
 * a script may use them together.
 */

/** Some of the records of a space, and what belongs to them. */
export class Bucket {
  /** Sorted set: ids by the time from which they may be claimed, +inf for never. The other keys begin like this one. */
  readonly due: string
  /** Sorted set: ids in the order of their bytes, for listings. */
  readonly ids: string

  constructor(due: string) {
    this.due = due
    this.ids = `${due}*`
  }

  /** Hash: see scripts/record.lua. */
  record(id: string): string {
    return `${this.due}:${id}`
  }
}

/** The keys of one space. */
export class Keyspace {
  readonly buckets: readonly Bucket[]
  /** Where other nodes are told of changes. Channels know no databases, which `db` makes up for. */
  readonly channel: string
  readonly #name: string

  constructor(prefix: string, name: string, buckets: number, db = 0) {
    this.#name = prefix + escaped(name)
    this.channel = `${this.#name}@${db}`
    this.buckets = Array.from({ length: buckets }, (_, n) => new Bucket(`{${this.#name}:${n}}`))
  }

  bucketOf(id: string): Bucket {
    const { length } = this.buckets
    const bucket = this.buckets[length === 1 ? 0 : crc32(id) % length]
    if (!bucket) throw new RangeError('A space has one bucket at least')
    return bucket
  }

  /** Sorted set: ids of the records that may belong to the principal, by the time they were entered. */
  principal(principal: string): string {
    const digest = createHash('sha256').update(principal, 'utf16le').digest('base64url')
    return `${this.#name}@${digest}`
  }
}

/** Every key of the objects of a space begins like this. */
export const objectsPrefix = (prefix: string, name: string): string => `${prefix}${escaped(name)}!`

/** String: how everything under the prefix is laid out. */
export const layoutKey = (prefix: string): string => `${prefix}layout`

/** Leaves only what has no meaning in a key, so that different names stay different. */
const escaped = (name: string): string => name.replace(/[%{}!@]/g, (character) => `%${character.charCodeAt(0)}.`)
