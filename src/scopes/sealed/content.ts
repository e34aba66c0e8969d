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
  hits: Uint8Array,
  principal: string | null,
  principalSince: EpochMs | null,
  /** 0: the life that it has. */
  longest: 0 | readonly [idleMs: Life['idleMs'], endsAt: Life['endsAt']],
  /** Names and values in turn. */
  attributes: readonly (string | Uint8Array)[],
]

const messagePack = new Packr({ useRecords: false, int64AsType: 'number' })

/** The part of a head that is sealed. `seal` is the serial that each rotation replaces. */
type SealedHead = Pick<
  RecordHead,
  'seal' | 'createdAt' | 'touchedAt' | 'idleMs' | 'endsAt' | 'hits' | 'principal' | 'principalSince'
>

/**
 * Encodes a record, in a buffer of its own. `longest`: the longest life that a text of this record has ever had. A visit makes
 * it no longer, so that a record that was once sealed always fits.
 */
export function packedContent(
  head: SealedHead,
  longest: Life,
  attributes: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  const content: Content = [
    Buffer.from(head.seal, 'base64url'),
    head.createdAt,
    head.touchedAt,
    head.idleMs,
    head.endsAt,
    fixedCount(head.hits),
    head.principal,
    head.principalSince,
    isSame(longest, head) ? 0 : [longest.idleMs, longest.endsAt],
    [...attributes].flat(),
  ]
  return messagePack.pack(content)
}

export interface UnpackedContent {
  readonly head: SealedHead & Pick<RecordHead, 'expiresAt'>
  readonly longest: Life
  readonly attributes: ReadonlyMap<string, Uint8Array>
}

/** Decodes what `packedContent` encoded. */
export function unpackedContent(bytes: Uint8Array): UnpackedContent {
  const content: Content = messagePack.unpack(bytes)
  const [serial, createdAt, touchedAt, idleMs, endsAt, count, principal, principalSince, life, flat] = content
  const attributes = new Map<string, Uint8Array>()
  for (let n = 0; n + 1 < flat.length; n += 2) attributes.set(flat[n] as string, flat[n + 1] as Uint8Array)
  const seal = Buffer.from(serial).toString('base64url')
  const expiresAt = expiryOf({ idleMs, endsAt }, touchedAt)
  const hits = Buffer.from(count).readUInt32BE()
  const longest = life === 0 ? { idleMs, endsAt } : { idleMs: life[0], endsAt: life[1] }
  const head = { seal, createdAt, touchedAt, idleMs, endsAt, expiresAt, hits, principal, principalSince }
  return { head, longest, attributes }
}

const mostCounted = 2 ** 32 - 1

function fixedCount(count: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(Math.min(count, mostCounted))
  return bytes
}

const isSame = (a: Life, b: Life): boolean => a.idleMs === b.idleMs && a.endsAt === b.endsAt
