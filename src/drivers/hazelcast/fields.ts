/** The fields of an entry by their types in Hazelcast's Compact format. */
export const texts = ['stamp', 'version', 'seal'] as const
export const optionalTexts = ['replaced', 'principal', 'description', 'ending', 'claimToken', 'lockToken'] as const
export const numbers = ['createdAt', 'touchedAt', 'hits', 'attempt'] as const
export const optionalNumbers = ['due', 'idleMs', 'endsAt', 'expiresAt', 'principalSince', 'lockedUntil'] as const

/** The part of the client's CompactReader that entries use. */
export interface FieldReader {
  readString(name: string): string | null
  readFloat64(name: string): number
  readNullableFloat64(name: string): number | null
  readArrayOfString(name: string): (string | null)[] | null
  readArrayOfInt32(name: string): number[] | null
  readArrayOfInt8(name: string): Buffer | null
}

/** The part of the client's CompactWriter that entries use. */
export interface FieldWriter {
  writeString(name: string, value: string | null): void
  writeFloat64(name: string, value: number): void
  writeNullableFloat64(name: string, value: number | null): void
  writeArrayOfString(name: string, value: string[]): void
  writeArrayOfInt32(name: string, value: number[]): void
  writeArrayOfInt8(name: string, value: Buffer): void
}
