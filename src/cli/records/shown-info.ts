import type { RecordInfo } from '../../scopes/request/directory.js'
import { ago, ahead } from '../terminal/span.js'
import type { Column } from '../terminal/table.js'
import { visible } from '../terminal/visible.js'

export const columns: readonly Column[] = [
  { title: 'ID', isWhole: true },
  { title: 'PRINCIPAL' },
  { title: 'CREATED' },
  { title: 'LAST VISIT' },
  { title: 'EXPIRES' },
  { title: 'HITS' },
  { title: 'DESCRIPTION' },
]

/** A record as a row of a table. */
export function cellsOf(info: RecordInfo, now: number): readonly string[] {
  const { description, expiresAt, hits, id, lastVisit, principal, timeCreated } = info
  return [
    visible(id),
    visible(principal ?? '-'),
    ago(timeCreated, now),
    ago(lastVisit, now),
    ahead(expiresAt, now),
    `${hits}`,
    described(description),
  ]
}

export const described = (description: RecordInfo['description']): string =>
  Object.entries(description ?? {})
    .map(([name, value]) => `${visible(name)}=${visible(String(value))}`)
    .join(' ')
