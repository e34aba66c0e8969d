import { createHash } from 'node:crypto'
import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { isNoTable } from './failure.js'
import type { Line } from './line.js'
import type { MariadbOptions } from './options.js'
import { statementOf } from './statements.js'

/** The version of the tables that this code knows. */
export const schemaVersion = 1
const lockSeconds = 10
const longestLockName = 64

/** The statements that create the tables and note their version; each may be run again. */
export function ddl({ tables }: Pick<MariadbOptions, 'tables'>): string {
  const meta = `\`${tables}meta\``
  const note = `insert into ${meta} (name, value) values ('version', '${schemaVersion}') on duplicate key update value = value;`
  return `${statementOf('schema', tables)}\n\n${note}\n`
}

/** Makes sure that the tables are there, in a version that this code knows. Throws STORAGE_UNUSABLE, and errors of mariadb. */
export async function ensureSchema(line: Line, options: MariadbOptions, cache: string): Promise<void> {
  const found = await versionOf(line, options)
  if (found === undefined && options.migrate === 'check') {
    const reason = `the tables ${options.tables}* are missing, and migrate: check does not create them`
    const remedy = 'Run what koa-scopes schema --sql mariadb prints, or set migrate: auto.'
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy })
  }
  if (found === undefined) await create(line, options)
  const version = found ?? (await versionOf(line, options))
  if (version === undefined || !/^\d+$/.test(version)) {
    const reason = `the table ${options.tables}meta does not tell the version of the tables`
    throw new StorageError('STORAGE_CORRUPT', { cache, reason })
  }
  if (Number(version) > schemaVersion) {
    const reason = `its tables have version ${version}, and this version of koa-scopes knows version ${schemaVersion}`
    const remedy = 'Use the version of koa-scopes that has made them, or a later one.'
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy })
  }
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

/** Several nodes may start at once: one creates, the others wait. The lock belongs to the whole server, so its name has the database. */
async function create(line: Line, options: MariadbOptions): Promise<void> {
  const [place] = await line.query('select database() as name')
  const digest = createHash('sha256').update(`${place?.name}/${options.tables}`).digest('hex')
  const lock = `koa-scopes-${digest}`.slice(0, longestLockName)
  const [row] = await line.query(`select get_lock('${lock}', ${lockSeconds}) as taken`)
  if (row?.taken !== 1) throw new Error(`another node has been creating the tables for ${lockSeconds} s`)
  try {
    if ((await versionOf(line, options)) !== undefined) return
    for (const statement of ddl(options).split(/;\n/)) if (statement.trim() !== '') await line.query(statement)
    await line.commit()
  } finally {
    if (!line.lost) await line.query(`select release_lock('${lock}')`).catch(reasonOf)
  }
}
