import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/*
 * The names of keys. The part in braces decides on a key's slot: all keys of a bucket are in one slot, so that a script may
 * use them together.
 */

/** The keys of a part of a space's records. */
export class Bucket {
  /** A sorted set: ids by the time from which they may be claimed, +inf for never. The other keys begin with this one. */
  readonly due: string
  /** A sorted set: ids in the order of their bytes, for listings. */
  readonly ids: string

  constructor(due: string) {
    this.due = due
    this.ids = `${due}*`
  }

  /** A hash: see scripts/record.lua. */
  record(id: string): string {
    return `${this.due}:${id}`
  }
}

/** The keys of one space. */
export class Keyspace {
  readonly buckets: readonly Bucket[]
  /** The channel of change notices. Channels do not belong to a database, so its name contains `db`. */
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
    if (!bucket) throw new RangeError('A space needs at least one bucket')
    return bucket
  }

  /** A sorted set: the ids of the records that may belong to the principal, by the time they were entered. */
  principal(principal: string): string {
    const digest = createHash('sha256').update(principal, 'utf16le').digest('base64url')
    return `${this.#name}@${digest}`
  }
}

/** The beginning of the keys of all objects in a space. */
export const objectsPrefix = (prefix: string, name: string): string => `${prefix}${escaped(name)}!`

/** The key of a string that describes the layout of all keys under the prefix. */
export const layoutKey = (prefix: string): string => `${prefix}layout`

/** The key that says which deployment opened the prefix last. */
export const deploymentKey = (prefix: string): string => `${prefix}deployment`

/** Escapes the characters that have a meaning in keys, so that different names stay different. */
const escaped = (name: string): string => name.replace(/[%{}!@]/g, (character) => `%${character.charCodeAt(0)}.`)
