import type { CallOptions, RecordChange, RecordCreate, RecordUpdate, SaveResult } from '../../storage/contract.js'
import { newHead } from '../../storage/record.js'
import { callOf } from '../network/call.js'
import type { RecordColumns } from '../sql/record-columns.js'
import { needsNames, onlySets, removedNames, updateOf } from '../sql/update.js'
import type { Database } from './database.js'
import { isTaken } from './failure.js'
import type { Line } from './line.js'
import { buffer, bytes, bytesOrNull, foundIn } from './rows.js'

/**
 * Saves. A save that only sets attributes takes a write and a commit; the commit waits for the answers, because statements
 * behind a failed one are carried out too. Every other update reads the record first.
 */
export function saveRecord(
  database: Database,
  space: number,
  change: RecordChange,
  options: CallOptions,
): Promise<SaveResult> {
  return database.transaction(callOf('save', options), (line) => {
    if (change.mode === 'create') return create(line, space, change, options)
    return onlySets(change) ? set(line, space, change, options) : update(line, space, change, options)
  })
}

async function create(line: Line, space: number, change: RecordCreate, { now }: CallOptions): Promise<SaveResult> {
  const { id, version, createdAt, touchedAt, idleMs, endsAt, expiresAt, hits, seal, ...head } = newHead(change, now)
  const created = line
    .change(
      'create',
      space,
      bytes(id),
      bytes(version),
      createdAt,
      touchedAt,
      idleMs,
      endsAt,
      expiresAt,
      expiresAt,
      hits,
      bytes(seal),
      bytesOrNull(head.replaced),
      bytesOrNull(head.principal),
      head.principalSince,
      bytesOrNull(head.description),
    )
    .then(
      () => true,
      (error) => {
        if (isTaken(error)) return false
        throw error
      },
    )
  const [isNew] = await Promise.all([created, setAll(line, space, change)])
  return isNew ? { status: 'saved', previous: version } : { status: 'exists' }
}

/** The fast path. A record that is not live may be vacant, which the slow path knows. */
async function set(line: Line, space: number, change: RecordUpdate, options: CallOptions): Promise<SaveResult> {
  const { id, version, touch } = change
  const access = [touch?.touchedAt ?? -1, touch?.hits ?? 0]
  const [found, , replaced] = await Promise.all([
    line.change('save', bytes(version), ...access, space, bytes(id), options.now),
    setAll(line, space, change),
    line.rows('saved', space, bytes(id)),
  ])
  if (found === 0) return update(line, space, change, options)
  return { status: 'saved', previous: String(replaced[0]?.was_version ?? version) }
}

/** The slow path: locks the record, reads it, takes the step, writes. */
async function update(line: Line, space: number, change: RecordUpdate, { now }: CallOptions): Promise<SaveResult> {
  const key = bytes(change.id)
  const [[columns], rows] = await Promise.all([
    line.rows('hold', space, key),
    needsNames(change) ? line.rows('names', space, key) : [],
  ])
  const names = rows.map(({ name }) => String(name))
  const { answer, write } = updateOf(columns && { ...foundIn(columns), names }, change, now)
  if (!write) return answer
  await Promise.all([
    line.change('update', ...headOf(write.columns), space, key),
    ...removedNames(names, change).map((name) => line.change('unset', space, key, bytes(name))),
    setAll(line, space, change),
  ])
  return answer

  function headOf(head: RecordColumns) {
    return [
      bytes(head.version),
      head.touched_at,
      head.idle_ms,
      head.ends_at,
      head.due_at,
      write?.wakeAt ?? null,
      head.hits,
      bytes(head.seal),
      bytesOrNull(head.replaced),
      bytesOrNull(head.principal),
      head.principal_since,
      bytesOrNull(head.description),
      bytesOrNull(head.ending),
    ]
  }
}

function setAll(line: Line, space: number, { id, version, set = new Map() }: RecordChange): Promise<unknown> {
  const key = bytes(id)
  const mine = bytes(version)
  const sent = [...set].map(([name, value]) => line.change('set', bytes(name), buffer(value), space, key, mine))
  return Promise.all(sent)
}
