import type { Claim, StoredRecord } from '../../storage/contract.js'
import { Values } from '../attributes/values.js'
import type { ScopeBasics } from '../environment.js'
import type { EndReason } from '../events.js'

/** An expired or ended record, as its end handler sees it. */
export interface EndedRecord {
  readonly id: string
  /** Whose it was; null for none. */
  readonly principal: string | null
  readonly reason: EndReason
  /** The number of the attempt, from 1. Above 1, the handler threw before, or the node that ran it died. */
  readonly attempt: number
  /**
   * Its attributes, copied to a plain object; changes to it are not saved. Decoded when read, so that an undecodable
   * attribute under `onUndecodable: fail` makes the handler fail, not the end.
   */
  readonly values: Record<string, unknown>
}

export function endedRecord(
  environment: ScopeBasics,
  { record, attempt }: Pick<Claim, 'record' | 'attempt'>,
): EndedRecord {
  return {
    id: record.id,
    principal: record.principal,
    reason: reasonOf(record),
    attempt,
    get values() {
      return plainValues(environment, record)
    },
  }
}

function plainValues(environment: ScopeBasics, { id, attributes }: StoredRecord): Record<string, unknown> {
  const values = new Values(environment, id, attributes)
  const plain = Object.create(null) as Record<string, unknown>
  for (const name of values.names()) if (values.has(name)) plain[name] = values.read(name)
  return plain
}

const endings: readonly EndReason[] = ['invalidated', 'evicted', 'ended']

function reasonOf({ ending, endsAt, expiresAt }: StoredRecord): EndReason {
  if (ending !== null) return endings.find((known) => known === ending) ?? 'ended'
  return endsAt !== null && endsAt === expiresAt ? 'lifetime' : 'timeout'
}
