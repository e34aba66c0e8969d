import { hash } from 'node:crypto'

/*
 * Keys are digests, so that spaces, ids and principals may be strings of any length. A digest has 16 bytes; that of a space
 * has 8, because attackers cannot choose names of spaces. Every part but the last has a fixed width, so different keys never
 * look alike, and no text needs escaping.
 */

const spaceBytes = 8
const digestBytes = 16
const timeBytes = 8
/** The separator between a record's key and the name of an attribute. */
const mark = Buffer.from(':')

/**
 * The digest of a text in UTF-16, because UTF-8 would make all unpaired surrogates equal. Node returns it as text in less time
 * than as a buffer, which would get memory of its own.
 */
const digest = (text: string, bytes = digestBytes): Buffer =>
  Buffer.from(hash('sha256', Buffer.from(text, 'utf16le'), 'binary'), 'binary').subarray(0, bytes)

/** A time as a key: big-endian doubles from 0 on sort as bytes as they sort as numbers. */
function timeKey(at: number): Buffer {
  const key = Buffer.allocUnsafe(timeBytes)
  key.writeDoubleBE(Math.max(0, at))
  return key
}

export interface KeyRange {
  readonly start: Buffer
  /** Exclusive. */
  readonly end: Buffer
}

/** The first key after all keys that begin with `prefix`. A digest of only 0xff bytes does not occur. */
function after(prefix: Buffer): Buffer {
  const last = prefix.findLastIndex((byte) => byte < 0xff)
  const end = Buffer.from(prefix.subarray(0, last + 1))
  end.writeUInt8(end.readUInt8(last) + 1, last)
  return end
}

export const startingWith = (prefix: Buffer): KeyRange => ({ start: prefix, end: after(prefix) })

/** The keys of one space. */
export class Keyspace {
  readonly prefix: Buffer

  constructor(name: string) {
    this.prefix = digest(name, spaceBytes)
  }

  entry(id: string): Buffer {
    return Buffer.concat([this.prefix, digest(id)])
  }

  /** A key that sorts by `at`. */
  timed(at: number, entry: Buffer): Buffer {
    return Buffer.concat([this.prefix, timeKey(at), idOf(entry)])
  }

  /** The range of timed keys up to `at`, inclusive. */
  timedUntil(at: number): KeyRange {
    return { start: this.prefix, end: after(Buffer.concat([this.prefix, timeKey(at)])) }
  }

  owned(owner: string, entry: Buffer): Buffer {
    return Buffer.concat([this.owner(owner), idOf(entry)])
  }

  owner(owner: string): Buffer {
    return Buffer.concat([this.prefix, digest(owner)])
  }

  /** The key of the entry that a timed or owned key was made for. */
  entryOf(key: Buffer): Buffer {
    return Buffer.concat([this.prefix, idOf(key)])
  }
}

/** The digest of the id: the end of every key except those of attributes. */
export const idOf = (key: Buffer): Buffer => key.subarray(-digestBytes)

/** The keys of a record's attributes: they follow its entry and end with the attribute's name. */
export const attributesOf = (entry: Buffer): KeyRange => startingWith(Buffer.concat([entry, mark]))
export const attributeKey = (entry: Buffer, name: string): Buffer => Buffer.concat([entry, mark, Buffer.from(name)])
export const attributeName = (key: Buffer): string => key.toString('utf8', spaceBytes + digestBytes + mark.length)
