import { randomBytes } from 'node:crypto'
import type { TableRow } from '../../storage/table.js'
import type { FieldReader, FieldWriter } from './fields.js'
import { numbers, optionalNumbers, optionalTexts, texts } from './fields.js'

type Fields<Names extends readonly string[], Value> = { readonly [Name in Names[number]]: Value }

/** The fields of an entry. Members know them by name: they index `due` and `principal`, and compare some in queries. */
export interface EntryFields
  extends Fields<typeof texts, string>,
    Fields<typeof optionalTexts, string | null>,
    Fields<typeof numbers, number>,
    Fields<typeof optionalNumbers, number | null> {
  /** The names of the attributes, and how many of `bytes` belong to each. */
  readonly names: string[]
  readonly sizes: number[]
  readonly bytes: Buffer
}

/** A row as Hazelcast stores it, in its Compact format, under the record's id. `members/koascopes/Entry.java` is its counterpart. */
export class Entry {
  readonly fields: EntryFields

  constructor(fields: EntryFields) {
    this.fields = fields
  }
}

/** How hazelcast-client reads and writes entries. A field that a stored entry does not have reads as its default. */
export const entrySerializer = {
  getClass: () => Entry,
  getTypeName: () => 'koascopes.Entry',
  read(reader: FieldReader): Entry {
    const read: Record<string, unknown> = {}
    for (const name of texts) read[name] = reader.readString(name)
    for (const name of optionalTexts) read[name] = reader.readString(name)
    for (const name of numbers) read[name] = reader.readFloat64(name)
    for (const name of optionalNumbers) read[name] = reader.readNullableFloat64(name)
    read.names = reader.readArrayOfString('names')
    read.sizes = reader.readArrayOfInt32('sizes')
    read.bytes = reader.readArrayOfInt8('bytes')
    return new Entry(read as unknown as EntryFields)
  },
  write(writer: FieldWriter, { fields }: Entry): void {
    for (const name of texts) writer.writeString(name, fields[name])
    for (const name of optionalTexts) writer.writeString(name, fields[name])
    for (const name of numbers) writer.writeFloat64(name, fields[name])
    for (const name of optionalNumbers) writer.writeNullableFloat64(name, fields[name])
    writer.writeArrayOfString('names', fields.names)
    writer.writeArrayOfInt32('sizes', fields.sizes)
    writer.writeArrayOfInt8('bytes', fields.bytes)
  },
}

const stampBytes = 12

/** The stamp of a new entry. No two are the same, so that a writer recognizes its own entry. */
export const freshStamp = (): string => randomBytes(stampBytes).toString('base64url')

export function entryOf({ head, due, claim, lock, attributes }: TableRow): Entry {
  const { id: _, ...rest } = head
  return new Entry({
    ...rest,
    stamp: freshStamp(),
    due,
    claimToken: claim?.token ?? null,
    attempt: claim?.attempt ?? 0,
    lockToken: lock?.token ?? null,
    lockedUntil: lock?.until ?? null,
    ...packed(attributes),
  })
}

/** Attributes as an entry has them: values one after the other. */
export const packed = (
  attributes: ReadonlyMap<string, Uint8Array>,
): Pick<EntryFields, 'names' | 'sizes' | 'bytes'> => ({
  names: [...attributes.keys()],
  sizes: [...attributes.values()].map(({ byteLength }) => byteLength),
  bytes: Buffer.concat([...attributes.values()]),
})

/** The row in an entry. Throws TypeError for what is not an entry of this driver. */
export function rowOf(id: string, entry: unknown): TableRow {
  if (!(entry instanceof Entry)) throw new TypeError('it holds a value that is not a record')
  const { stamp: _, due, claimToken, attempt, lockToken, lockedUntil, names, sizes, bytes, ...head } = entry.fields
  const attributes = new Map<string, Uint8Array>()
  let from = 0
  for (const [n, name] of names.entries()) {
    const to = from + (sizes[n] ?? 0)
    attributes.set(name, bytes.subarray(from, to))
    from = to
  }
  if (from !== bytes.byteLength)
    throw new TypeError(`the attributes of ${id} have ${bytes.byteLength} bytes, not ${from}`)
  return {
    head: { id, ...head },
    due,
    ...(claimToken !== null && { claim: { token: claimToken, attempt } }),
    ...(lockToken !== null && { lock: { token: lockToken, until: lockedUntil ?? 0 } }),
    attributes,
  }
}
