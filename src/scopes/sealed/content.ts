import { Packr } from 'msgpackr'
import type { EpochMs, Life, RecordHead } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'

/** The content of a sealed text. Opened, it is known to be ours, so a decoder that trusts lengths is safe. */
type Content = readonly [
  serial: Uint8Array,
  createdAt: EpochMs,
  touchedAt: EpochMs,
  idleMs: Life['idleMs'],
  endsAt: Life['endsAt'],
  hits: number,
  principal: string | null,
  principalSince: EpochMs | null,
  /** 0: not later than the record expires. */
  opensUntil: EpochMs | null,
  /** Names and values in turn. */
  attributes: readonly (string | Uint8Array)[],
]

const messagePack = new Packr({ useRecords: false, int64AsType: 'number' })

/** The part of a head that is sealed. `seal` is the serial that each rotation replaces. */
type SealedHead = Pick<
  RecordHead,
  'seal' | 'createdAt' | 'touchedAt' | 'idleMs' | 'endsAt' | 'hits' | 'principal' | 'principalSince'
>

/** Encodes a record, in a buffer of its own. `opensUntil`: when the last text of this record that was ever sealed expires. */
export function packedContent(
  head: SealedHead,
  opensUntil: EpochMs | null,
  attributes: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  const content: Content = [
    Buffer.from(head.seal, 'base64url'),
    head.createdAt,
    head.touchedAt,
    head.idleMs,
    head.endsAt,
    head.hits,
    head.principal,
    head.principalSince,
    opensUntil === expiryOf(head, head.touchedAt) ? 0 : opensUntil,
    [...attributes].flat(),
  ]
  return messagePack.pack(content)
}

export interface UnpackedContent {
  readonly head: SealedHead & Pick<RecordHead, 'expiresAt'>
  readonly opensUntil: EpochMs | null
  readonly attributes: ReadonlyMap<string, Uint8Array>
}

/** Decodes what `packedContent` encoded. */
export function unpackedContent(bytes: Uint8Array): UnpackedContent {
  const content: Content = messagePack.unpack(bytes)
  const [serial, createdAt, touchedAt, idleMs, endsAt, hits, principal, principalSince, until, flat] = content
  const attributes = new Map<string, Uint8Array>()
  for (let n = 0; n + 1 < flat.length; n += 2) attributes.set(flat[n] as string, flat[n + 1] as Uint8Array)
  const seal = Buffer.from(serial).toString('base64url')
  const expiresAt = expiryOf({ idleMs, endsAt }, touchedAt)
  const head = { seal, createdAt, touchedAt, idleMs, endsAt, expiresAt, hits, principal, principalSince }
  return { head, opensUntil: until === 0 ? expiresAt : until, attributes }
}

/** The later of two times at which something expires; null: never. */
export const later = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null || b === null ? null : Math.max(a, b)
