import type { Output } from '../terminal/output.js'
import { Table } from '../terminal/table.js'
import { visible } from '../terminal/visible.js'
import type { InspectedCache } from './inspected.js'

const columns = [
  { title: 'CACHE', isWhole: true },
  { title: 'DRIVER', isWhole: true },
  { title: 'STATUS', isWhole: true },
  { title: 'LATENCY', isWhole: true },
  { title: 'CLOCK', isWhole: true },
]

/** A table of all caches, then what each says of itself, and every sentence that an operator should read. */
export function* reportLines(caches: readonly InspectedCache[], output: Output): Generator<string> {
  const rows = caches.map(cellsOf)
  const table = new Table(columns, rows, output.columns)
  yield output.styled('bold', table.head)
  for (const row of rows) yield table.row(row)
  if (caches.some(({ status }) => status === 'unseen'))
    yield output.styled(
      'dim',
      'unseen: in the memory of each process that serves it, so it cannot be looked into from here',
    )
  for (const cache of caches) yield* sectionOf(cache, output)
}

export const cellsOf = ({ driver, health, name, status }: InspectedCache): readonly string[] => [
  name,
  driver,
  status,
  health ? `${health.latencyMs.toFixed(1)} ms` : '-',
  health?.clockOffsetMs === undefined ? '-' : `${health.clockOffsetMs >= 0 ? '+' : ''}${health.clockOffsetMs} ms`,
]

function* sectionOf({ health, lacks, name, problem, status }: InspectedCache, output: Output): Generator<string> {
  if (status === 'unseen') return // the note below the table says it for all of them
  const details = Object.entries(health?.details ?? {})
  const sentences = [...(problem === undefined ? [] : [problem]), ...lacks, ...(health?.warnings ?? [])]
  if (details.length + sentences.length === 0) return
  yield ''
  yield output.styled('bold', name)
  for (const sentence of sentences) yield output.styled('yellow', `  ! ${visible(sentence)}`)
  for (const [key, value] of details) yield `  ${key.padEnd(20)}${visible(String(value))}`
}
