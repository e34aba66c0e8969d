import { Packr } from 'msgpackr'

/** A part of a stored head. */
export type Packed = string | number | null

const messagePack = new Packr({ useRecords: false, int64AsType: 'number' })

/** Encodes values as MessagePack, in a buffer that must be copied or sent at once. */
export const packed = (values: readonly Packed[]): Buffer => messagePack.pack(values)

/** Decodes what `packed` made. For other bytes it throws, or returns any value. */
export const unpacked = (bytes: Uint8Array): unknown => messagePack.unpack(bytes)

/** Decodes values that `cmsgpack.pack` of a Redis script put one after the other; the caller knows their types. */
export const unpackedAll = <Values extends readonly (Packed | undefined)[]>(bytes: Buffer): Values =>
  messagePack.unpackMultiple(bytes) as unknown as Values
