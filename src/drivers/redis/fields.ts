import type { Claim, RecordHead, StoredRecord } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import type { Argument } from './client.js'

/*
 * A record as the fields of a hash: those of its head by name, each attribute by its name behind a colon. What is null
 * in a head has no field.
 */

/** What a listing asks for; `token` tells that the record has been claimed. */
export const headFields = [
  'version',
  'created',
  'touched',
  'idle',
  'ends',
  'hits',
  'seal',
  'sealed',
  'principal',
  'since',
  'ending',
  'token',
] as const

type HeadField = (typeof headFields)[number]

const mark = ':'

export const attributeField = (name: string): string => mark + name

/** Names and values in turn. */
export const attributePairs = (attributes: ReadonlyMap<string, Uint8Array>): Argument[] =>
  [...attributes].flatMap(([name, bytes]) => [attributeField(name), bufferOf(bytes)])

/** Names and values in turn. */
export function headPairs(head: RecordHead): Argument[] {
  const values: Partial<Record<HeadField, string | number | null>> = {
    version: head.version,
    created: head.createdAt,
    touched: head.touchedAt,
    idle: head.idleMs,
    ends: head.endsAt,
    hits: head.hits,
    seal: head.seal,
    sealed: head.sealedAt,
    principal: head.principal,
    since: head.principalSince,
  }
  return Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [name, value]))
}

/** From the values of `headFields`; undefined when there is no record that could be live. */
export function openHead(id: string, values: readonly (Buffer | null)[]): RecordHead | undefined {
  const head = new Map(headFields.map((name, n) => [name as string, values[n]?.toString()]))
  return head.get('version') === undefined || head.get('token') !== undefined ? undefined : headOf(id, head)
}

/** From all fields of the hash, names and values in turn. */
export function recordOf(id: string, pairs: readonly Buffer[]): StoredRecord {
  const { head, attributes } = read(pairs)
  return { ...headOf(id, head), attributes }
}

/** From all fields of the hash of a claimed record. */
export function claimOf(id: string, pairs: readonly Buffer[]): Claim {
  const { head, attributes } = read(pairs)
  const [token = '', attempt] = [head.get('token'), head.get('attempt')]
  return { token, attempt: Number(attempt), record: { ...headOf(id, head), attributes } }
}

function read(pairs: readonly Buffer[]) {
  const head = new Map<string, string>()
  const attributes = new Map<string, Uint8Array>()
  for (let n = 0; n + 1 < pairs.length; n += 2) {
    const [field, value] = [String(pairs[n]), pairs[n + 1] as Buffer]
    if (field.startsWith(mark)) attributes.set(field.slice(mark.length), value)
    else head.set(field, String(value))
  }
  return { head, attributes }
}

function headOf(id: string, fields: ReadonlyMap<string, string | undefined>): RecordHead {
  const text = (field: HeadField) => fields.get(field) ?? null
  const number = (field: HeadField) => Number(text(field))
  const optional = (field: HeadField) => (text(field) === null ? null : number(field))
  const life = { idleMs: optional('idle'), endsAt: optional('ends') }
  const touchedAt = number('touched')
  return {
    id,
    version: text('version') ?? '',
    createdAt: number('created'),
    touchedAt,
    ...life,
    expiresAt: expiryOf(life, touchedAt),
    hits: number('hits'),
    seal: text('seal') ?? '',
    sealedAt: number('sealed'),
    principal: text('principal'),
    principalSince: optional('since'),
    ending: text('ending'),
  }
}

/** The client takes buffers for bytes and nothing else. */
const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)
