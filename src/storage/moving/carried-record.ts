import { randomUUID } from 'node:crypto'
import type { EpochMs, RecordCreate, RecordHead, RecordUpdate, StoredRecord, Version } from '../contract.js'
import { moved } from '../record.js'

/** Before the version of a record that is on its way: when it departed, and a number of this departure. */
const mark = new RegExp(`^${moved}:(?<departedAt>[^:]+):[^:]+:`)

/** Takes a record away from its store: from this change on it is missing there, and nothing changes it. */
export const departure = ({ id, version }: StoredRecord, now: EpochMs, lockToken?: string): RecordUpdate => ({
  mode: 'update',
  id,
  version: `${moved}:${now}:${randomUUID().slice(0, 8)}:${version}`,
  ending: moved,
  ifVersion: version,
  ...(lockToken !== undefined && { lockToken }),
})

/** Whether a record was brought in once too often, and is to go (`withdrawal`): it was not taken away. */
export const isWithdrawn = ({ ending, version }: RecordHead): boolean => ending === moved && !mark.test(version)

/**
 * Whether one of two records with the same id, both on their way, departed after the other: then the other one is the rest of an
 * earlier move. Any two nodes agree on it. Visits are counted along the way, so they say more than the clocks of two nodes.
 */
export function isLater(one: RecordHead, other: RecordHead): boolean {
  if (one.hits !== other.hits) return one.hits > other.hits
  const [at, otherAt] = [departedAt(one.version), departedAt(other.version)]
  return at === otherAt ? one.version > other.version : at > otherAt
}

const departedAt = (version: Version): EpochMs =>
  Number(mark.exec(version)?.groups?.departedAt ?? Number.NEGATIVE_INFINITY)

/** A change of a record that has arrived and was not changed since, which says only that it is to stay. */
export const confirmation = (id: string, version: Version): RecordUpdate => ({
  mode: 'update',
  id,
  version: randomUUID(),
  ifVersion: version,
})

/** The same, for one that is to go. */
export const withdrawal = (id: string, version: Version): RecordUpdate => ({
  ...confirmation(id, version),
  ending: moved,
})

/** Puts a record into another store, as it was. */
export function arrival(record: StoredRecord): RecordCreate {
  const { attributes, createdAt, description, endsAt, hits, id, idleMs, principal, replaced, seal, touchedAt } = record
  return {
    mode: 'create',
    id,
    version: versionBefore(record.version),
    seal,
    life: { idleMs, endsAt },
    touch: { touchedAt, hits },
    createdAt,
    set: attributes,
    ...(replaced !== null && { replaced }),
    ...(principal !== null && { principal }),
    ...(record.principalSince !== null && { principalSince: record.principalSince }),
    ...(description !== null && { description }),
  }
}

export const versionBefore = (version: Version): Version => version.replace(mark, '')
