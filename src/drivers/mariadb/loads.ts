import type { LoadOptions, LoadResult } from '../../storage/contract.js'
import { recordWith } from '../../storage/record.js'
import { isLiveRow, load } from '../../storage/steps.js'
import { type Call, callOf } from '../network/call.js'
import type { Database } from './database.js'
import type { Line, Row } from './line.js'
import { attributesIn, bytes, bytesOrNull, foundIn, numberIn } from './rows.js'

/** How often a load is sent again because the record was created just then. More often, it is the deadline that refuses. */
const mostTries = 3

/** Loads, with the touch in the same write: a touch that finds the record keeps it until the commit behind the load. */
export async function loadRecord(
  database: Database,
  space: number,
  id: string,
  options: LoadOptions,
): Promise<LoadResult> {
  const call = callOf('load', options)
  for (let tries = 0; tries < mostTries; tries += 1) {
    const result = await database.atOnce(call, (line) => load1(line, database, call, space, id, options))
    if (result) return result
  }
  return database.refuseLate(call)
}

/** undefined if the record should have been touched and was not. */
async function load1(
  line: Line,
  database: Database,
  call: Call,
  space: number,
  id: string,
  options: LoadOptions,
): Promise<LoadResult | undefined> {
  const { seal, ifChangedSince, touch } = options
  const key = bytes(id)
  const held = bytesOrNull(ifChangedSince ?? null)
  const mark = bytesOrNull(seal ?? null)
  const touching = touch && sendTouch(line, database.deadlineOf(call), space, id, options)
  const [found, rows] = await Promise.all([touching, line.rows('load', space, key, space, key, held, mark)])
  const columns = rows.find(({ version }) => version !== null)
  if (!columns) return { status: 'missing' }
  if (!touch || found === 0) return untouched(columns, rows, options)

  const { head } = foundIn(columns).row
  const previouslyTouchedAt = numberIn(columns.was_touched_at) ?? head.touchedAt
  const { version, touchedAt, expiresAt, hits } = head
  if (version === ifChangedSince) return { status: 'unchanged', touchedAt, previouslyTouchedAt, expiresAt, hits }
  return { status: 'loaded', record: recordWith(head, attributesOf(rows)), previouslyTouchedAt }
}

function sendTouch(line: Line, deadline: string, space: number, id: string, options: LoadOptions): Promise<number> {
  const { now, touch, prolong, seal } = options
  const access = [touch?.touchedAt ?? 0, touch?.hits ?? 0]
  const live = [space, bytes(id), now, bytesOrNull(seal ?? null), deadline]
  if (!prolong) return line.change('touch', ...access, ...live)
  return line.change('prolong', prolong.fromMs, prolong.toMs, ...access, ...live)
}

/** The answer of a load that has changed nothing. */
function untouched(columns: Row, rows: readonly Row[], options: LoadOptions): LoadResult | undefined {
  const { row } = foundIn(columns)
  const { touch, seal } = options
  if (touch && isLiveRow(row, options.now) && (seal === undefined || seal === row.head.seal)) return undefined
  const { touch: _, prolong: __, ...rest } = options
  const { answer } = load(row, rest)
  if (answer.status !== 'loaded') return answer
  return { record: recordWith(row.head, attributesOf(rows)), ...answer }
}

const attributesOf = (rows: readonly Row[]) => attributesIn(rows.filter(({ version }) => version === null))
