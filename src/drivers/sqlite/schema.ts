import { StorageError } from '../../storage/storage-error.js'
import type { Database } from './client.js'
import type { SqliteOptions } from './options.js'
import { sql } from './sql.js'
import { withoutComments } from './statements.js'

/** The version of the tables that this version of the package makes and uses. */
export const schemaVersion = 2

/** The statements that create the tables in an empty file. All files have the same. */
export const ddl = (_options?: Partial<SqliteOptions>): string => `pragma journal_mode = wal;\n\n${sql('schema')}`

/** The statements that bring tables of the version before to this one. */
const upgrade = withoutComments(sql('upgrade')).trim()

/**
 * Creates the tables if the file is empty, and changes those of the version before, if `migrate` allows it. Of several processes
 * at once, one does. Throws STORAGE_UNUSABLE.
 */
export function ensureSchema(database: Database, { migrate }: Pick<SqliteOptions, 'migrate'>, where: Where): void {
  const found = versionOf(database, where)
  if (found === schemaVersion) return
  if (migrate === 'check') throw found === undefined ? withoutTables(where) : older(where, found)
  database.exec('begin immediate')
  try {
    const version = versionOf(database, where)
    if (version === undefined) database.exec(withoutComments(sql('schema')))
    else if (version < schemaVersion) database.exec(upgrade)
    database.exec('commit')
  } finally {
    if (database.inTransaction) database.exec('rollback')
  }
}

/** Throws STORAGE_UNPREPARED if a node would create or change the tables at its start, STORAGE_UNUSABLE if it could not use them. */
export function checkSchema(database: Database, { migrate }: Pick<SqliteOptions, 'migrate'>, where: Where): void {
  const found = versionOf(database, where)
  if (found === schemaVersion) return
  if (migrate === 'check') throw found === undefined ? withoutTables(where) : older(where, found)
  const { cache, path } = where
  const reason =
    found === undefined
      ? `${path} has no tables yet`
      : `the tables in ${path} have version ${found}, and the next start changes them to ${schemaVersion}`
  throw new StorageError('STORAGE_UNPREPARED', { cache, reason })
}

export interface Where {
  readonly cache: string
  readonly path: string
}

/** The version of the tables; undefined if there are none. Throws STORAGE_UNUSABLE if the file has others. */
function versionOf(database: Database, where: Where): number | undefined {
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all([]).flat()
  if (tables.length === 0) return undefined
  const version = tables.includes('meta') ? versionIn(database) : undefined
  if (version === undefined)
    throw unusable(where, 'it has the tables of another program', 'Set `path` to a file of its own.')
  if (version >= 1 && version <= schemaVersion) return version
  throw unusable(
    where,
    `its tables have version ${version}, and this version of koa-scopes knows version ${schemaVersion}`,
    'Use the version of koa-scopes that made them, or a later one.',
  )
}

const withoutTables = (where: Where) =>
  unusable(
    where,
    'it has no tables yet, and `migrate: check` forbids to create them',
    'Print the statements with `koa-scopes schema --sql sqlite` and run them, or set `migrate: auto`.',
  )

const older = (where: Where, version: number) =>
  unusable(
    where,
    `its tables have version ${version}, and \`migrate: check\` forbids to change them`,
    `Run these statements, or set \`migrate: auto\`: ${upgrade.replaceAll('\n', ' ')}`,
  )

function versionIn(database: Database): number | undefined {
  const columns = database.prepare('select name from pragma_table_info(?)').all(['meta']).flat()
  if (!columns.includes('key') || !columns.includes('value')) return undefined
  const [version] = database.prepare("select value from meta where key = 'schema'").get([]) ?? []
  return version === undefined ? undefined : Number(version)
}

const unusable = ({ cache, path }: Where, reason: string, remedy: string) =>
  new StorageError('STORAGE_UNUSABLE', { cache, reason: `${path}: ${reason}`, remedy })
