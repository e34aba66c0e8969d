import { StorageError } from '../../storage/storage-error.js'
import type { Database } from './client.js'
import type { SqliteOptions } from './options.js'
import { sql } from './sql.js'
import { withoutComments } from './statements.js'

/** The version of the tables that this version of the package makes and uses. */
const schemaVersion = 1

/** The statements that create the tables in an empty file. All files have the same. */
export const ddl = (_options?: Partial<SqliteOptions>): string => `pragma journal_mode = wal;\n\n${sql('schema')}`

/** Creates the tables if the file is empty and `migrate` allows it. Of several processes at once, one does. Throws STORAGE_UNUSABLE. */
export function ensureSchema(database: Database, { migrate }: Pick<SqliteOptions, 'migrate'>, where: Where): void {
  if (isCurrent(database, where)) return
  if (migrate === 'check')
    throw unusable(
      where,
      'it has no tables yet, and `migrate: check` forbids to create them',
      'Print the statements with `koa-scopes schema --sql sqlite` and run them, or set `migrate: auto`.',
    )
  database.exec('begin immediate')
  try {
    if (!isCurrent(database, where)) database.exec(withoutComments(sql('schema')))
    database.exec('commit')
  } finally {
    if (database.inTransaction) database.exec('rollback')
  }
}

export interface Where {
  readonly cache: string
  readonly path: string
}

/** Whether the tables are there, in this version. Throws STORAGE_UNUSABLE if the file has others. */
function isCurrent(database: Database, where: Where): boolean {
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all([]).flat()
  if (tables.length === 0) return false
  const version = tables.includes('meta') ? versionIn(database) : undefined
  if (version === schemaVersion) return true
  if (version === undefined)
    throw unusable(where, 'it has the tables of another program', 'Set `path` to a file of its own.')
  throw unusable(
    where,
    `its tables have version ${version}, and this version of koa-scopes knows version ${schemaVersion}`,
    'Use the version of koa-scopes that made them, or a later one.',
  )
}

function versionIn(database: Database): number | undefined {
  const columns = database.prepare('select name from pragma_table_info(?)').all(['meta']).flat()
  if (!columns.includes('key') || !columns.includes('value')) return undefined
  const [version] = database.prepare("select value from meta where key = 'schema'").get([]) ?? []
  return version === undefined ? undefined : Number(version)
}

const unusable = ({ cache, path }: Where, reason: string, remedy: string) =>
  new StorageError('STORAGE_UNUSABLE', { cache, reason: `${path}: ${reason}`, remedy })
