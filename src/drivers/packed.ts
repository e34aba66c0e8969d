import { Packr } from 'msgpackr'

/** What the parts of a stored head are: texts, numbers and nothing. */
export type Packed = string | number | null

const messagePack = new Packr({ useRecords: false, int64AsType: 'number' })

/** As MessagePack, in a buffer that is to be copied or sent at once. */
export const packed = (values: readonly Packed[]): Buffer => messagePack.pack(values)

/** What `packed` has made. Throws, or returns something else, for other bytes. */
export const unpacked = (bytes: Uint8Array): unknown => messagePack.unpack(bytes)

/** Values one after the other, as `cmsgpack.pack` of a Redis script has put them; the script says which. */
export const unpackedAll = <Values extends readonly (Packed | undefined)[]>(bytes: Buffer): Values =>
  messagePack.unpackMultiple(bytes) as unknown as Values
