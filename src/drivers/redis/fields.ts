import { isAscii } from 'node:buffer'
import type { Claim, RecordHead, StoredRecord } from '../../storage/contract.js'
import { expiryOf, recordWith } from '../../storage/record.js'
import { unpackedFirst } from '../packed.js'
import type { Argument } from './client.js'

/*
 * A record as the fields of a hash: one for its head, one for its lock, and one for each attribute, named by a colon and the
 * attribute's name. Fields of other names, and parts of a head after the known ones, belong to newer versions of this
 * package: they are kept and not read.
 */

const headField = 'head'
const mark = ':'
/** The longest value that is sent as text, if it is ASCII: longer ones are faster as bytes. */
const shortBytes = 4_096

/** A head as scripts/record.lua packs it. */
type PackedHead = readonly [
  version: string,
  seal: string,
  created: number,
  touched: number,
  hits: number,
  idle: number | null,
  ends: number | null,
  replaced?: string | null,
  principal?: string | null,
  since?: number | null,
  entered?: string | null,
  ending?: string | null,
  token?: string | null,
  attempt?: number | null,
  description?: string | null,
]

const headParts = 15
/** The place of the token, which the attempt follows. */
const firstOfClaim = 12

export const attributeField = (name: string): string => mark + name

/** Attributes as field names and values in turn. */
export function attributePairs(attributes: ReadonlyMap<string, Uint8Array> = new Map()): Argument[] {
  const pairs: Argument[] = []
  for (const [name, bytes] of attributes) pairs.push(attributeField(name), argumentOf(bytes))
  return pairs
}

export function headOf(id: string, packed: Buffer): RecordHead {
  const [version, seal, createdAt, touchedAt, hits, idleMs, endsAt, ...rare] = unpackedFirst<PackedHead>(
    packed,
    headParts,
  )
  const [replaced = null, principal = null, principalSince = null, , ending = null, , , description = null] = rare
  return {
    id,
    version,
    createdAt,
    touchedAt,
    idleMs,
    endsAt,
    expiresAt: expiryOf({ idleMs, endsAt }, touchedAt),
    hits,
    seal,
    replaced,
    principal,
    principalSince,
    description,
    ending,
  }
}

/** Makes a record from all fields of its hash, names and values in turn. */
export function recordOf(id: string, pairs: readonly Buffer[]): StoredRecord {
  const { head, attributes } = read(pairs)
  return recordWith(headOf(id, head), attributes)
}

/** Makes a claim from all fields of a claimed record's hash. */
export function claimOf(id: string, pairs: readonly Buffer[]): Claim {
  const { head, attributes } = read(pairs)
  const [token, attempt] = unpackedFirst<PackedHead>(head, headParts).slice(firstOfClaim)
  return { token: String(token), attempt: Number(attempt), record: recordWith(headOf(id, head), attributes) }
}

/**
 * Reads head and attributes from names and values in turn; a last name without a value is ignored. All values are copied
 * into one block: the client's buffers are parts of what it read from the socket, and one value would keep all of that in
 * memory.
 */
function read(pairs: readonly Buffer[]) {
  const values = pairs.filter((_, n) => n % 2 === 1)
  const block = Buffer.concat(values)
  let head = block.subarray(0, 0)
  let start = 0
  const attributes = new Map<string, Uint8Array>()
  for (const [n, { byteLength }] of values.entries()) {
    const value = block.subarray(start, start + byteLength)
    const field = String(pairs[2 * n])
    if (field === headField) head = value
    else if (field.startsWith(mark)) attributes.set(field.slice(mark.length), value)
    start += byteLength
  }
  return { head, attributes }
}

/** A value as an argument: short ASCII as text, because the client sends commands of text only with less work. */
function argumentOf({ buffer, byteOffset, byteLength }: Uint8Array): Argument {
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  return byteLength <= shortBytes && isAscii(bytes) ? bytes.toString('latin1') : bytes
}
