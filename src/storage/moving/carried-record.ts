import { randomUUID } from 'node:crypto'
import type { RecordCreate, RecordUpdate, StoredRecord, Version } from '../contract.js'
import { moved } from '../record.js'

/** Before the version of a record that is on its way, so that it keeps its own in the store to which it goes. */
const mark = `${moved}:`

/** Takes a record away from its store: from this change on it is missing there, and nothing changes it. */
export const departure = ({ id, version }: StoredRecord, lockToken: string | undefined): RecordUpdate => ({
  mode: 'update',
  id,
  version: mark + version,
  ending: moved,
  ifVersion: version,
  ...(lockToken !== undefined && { lockToken }),
})

/** A change of a record that has arrived and was not changed since: without an ending, it says only that it is to stay. */
export const recheck = (id: string, version: Version, ending?: string): RecordUpdate => ({
  mode: 'update',
  id,
  version: randomUUID(),
  ifVersion: version,
  ...(ending !== undefined && { ending }),
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

export const versionBefore = (version: Version): Version =>
  version.startsWith(mark) ? version.slice(mark.length) : version
