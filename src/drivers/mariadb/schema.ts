import { createHash } from 'node:crypto'
import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { isColumnThere, isNoTable } from './failure.js'
import type { Line } from './line.js'
import type { MariadbOptions } from './options.js'
import { statementOf } from './statements.js'

/** The version of the tables that this code knows. */
export const schemaVersion = 2
const lockSeconds = 10
const longestLockName = 64

/** The statements that create the tables and note their version; each may be run again. */
export function ddl({ tables }: Pick<MariadbOptions, 'tables'>): string {
  const meta = `\`${tables}meta\``
  const note = `insert into ${meta} (name, value) values ('version', '${schemaVersion}') on duplicate key update value = value;`
  return `${statementOf('schema', tables)}\n\n${note}\n`
}

/** The statements that bring tables of the version before to this one. */
const upgrade = ({ tables }: Pick<MariadbOptions, 'tables'>): readonly [change: string, note: string] => [
  statementOf('upgrade', tables),
  `update \`${tables}meta\` set value = '${schemaVersion}' where name = 'version'`,
]

/** Makes sure that the tables are there, in the version that this code knows. Throws STORAGE_UNUSABLE, and errors of mariadb. */
export async function ensureSchema(line: Line, options: MariadbOptions, cache: string): Promise<void> {
  const found = await versionOf(line, options)
  if (found === `${schemaVersion}`) return
  if (options.migrate === 'check') throw refusal(found, options, cache)
  if (isOlder(found)) await alone(line, options, () => bringUp(line, options))
  const version = await versionOf(line, options)
  if (version !== `${schemaVersion}`) throw refusal(version, options, cache)
}

/** Throws STORAGE_UNPREPARED if a node would create or change the tables at its start, STORAGE_UNUSABLE if it could not use them. */
export async function checkSchema(line: Line, options: MariadbOptions, cache: string): Promise<void> {
  const found = await versionOf(line, options)
  if (found === `${schemaVersion}`) return
  if (options.migrate === 'check' || !isOlder(found)) throw refusal(found, options, cache)
  const reason =
    found === undefined
      ? `the tables ${options.tables}* are missing`
      : `its tables have version ${found}, and the next start changes them to ${schemaVersion}`
  throw new StorageError('STORAGE_UNPREPARED', { cache, reason })
}

/** Whether there are no tables, or those of the version before. */
const isOlder = (version: string | undefined): boolean => version === undefined || version === `${schemaVersion - 1}`

async function bringUp(line: Line, options: MariadbOptions): Promise<void> {
  const found = await versionOf(line, options)
  if (found === undefined)
    for (const statement of ddl(options).split(/;\n/)) if (statement.trim() !== '') await line.query(statement)
  if (found !== undefined && isOlder(found)) {
    const [change, note] = upgrade(options)
    await line.query(change).catch(unlessThere)
    await line.query(note)
  }
  await line.commit()
}

/** A node that ended before it noted the version may have added the column. */
function unlessThere(error: unknown): void {
  if (!isColumnThere(error)) throw error
}

/** Why tables of this version, which is not the one that this code knows, are not used. */
function refusal(found: string | undefined, options: MariadbOptions, cache: string): StorageError {
  const { tables } = options
  if (found === undefined) {
    const reason = `the tables ${tables}* are missing, and migrate: check does not create them`
    const remedy = 'Run what koa-scopes schema --sql mariadb prints, or set migrate: auto.'
    return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy })
  }
  if (!/^\d+$/.test(found)) {
    const reason = `the table ${tables}meta does not tell the version of the tables`
    return new StorageError('STORAGE_CORRUPT', { cache, reason })
  }
  const reason = `its tables have version ${found}, and this version of koa-scopes knows version ${schemaVersion}`
  const remedy = isOlder(found)
    ? `Run these statements, or set migrate: auto: ${upgrade(options).join('; ')}`
    : 'Use the version of koa-scopes that has made them, or a later one.'
  return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy })
}

/** undefined if it is not noted, or there is no table to note it in. */
async function versionOf(line: Line, { tables }: MariadbOptions): Promise<string | undefined> {
  try {
    const [row] = await line.query(`select value from \`${tables}meta\` where name = 'version'`)
    return row && String(row.value)
  } catch (error) {
    if (isNoTable(error)) return undefined
    throw error
  } finally {
    if (!line.lost) await line.commit()
  }
}

/** Several nodes may start at once: one at a time does this. The lock belongs to the whole server, so its name has the database. */
async function alone(line: Line, options: MariadbOptions, task: () => Promise<void>): Promise<void> {
  const [place] = await line.query('select database() as name')
  const digest = createHash('sha256').update(`${place?.name}/${options.tables}`).digest('hex')
  const lock = `koa-scopes-${digest}`.slice(0, longestLockName)
  const [row] = await line.query(`select get_lock('${lock}', ${lockSeconds}) as taken`)
  if (row?.taken !== 1) throw new Error(`another node has been creating the tables for ${lockSeconds} s`)
  try {
    await task()
  } finally {
    if (!line.lost) await line.query(`select release_lock('${lock}')`).catch(reasonOf)
  }
}
