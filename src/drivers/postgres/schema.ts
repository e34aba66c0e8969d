import { StorageError } from '../../storage/storage-error.js'
import { type Call, callOf } from '../network/call.js'
import type { Connections } from './connections.js'
import type { PostgresOptions } from './options.js'
import { sql } from './sql.js'
import { filled } from './statements.js'

/** The version of the tables that this version of the package makes and uses. */
const schemaVersion = 1

/** Nodes that start at once make the tables one after the other. Any number: no other program takes this one. */
const lock = 5_014_277_100

const remedy = 'Run the statements that `koa-scopes schema --sql postgres` prints, or set `migrate: auto`.'

/** The statements that create the tables. Run again, they change nothing. */
export const ddl = ({ schema }: Pick<PostgresOptions, 'schema'>): string => filled(sql('schema'), schema).trim()

/** Creates the tables if they are missing and `migrate` allows it. Throws STORAGE_UNUSABLE. */
export async function ensureSchema(
  connections: Connections,
  { schema, migrate }: PostgresOptions,
  cache: string,
): Promise<void> {
  const call = callOf('open', {})
  const unusable = (reason: string, remedy: string) =>
    new StorageError('STORAGE_UNUSABLE', { cache, reason: `${connections.where}: ${reason}`, remedy })
  if (!(await hasTables(connections, schema, call))) {
    if (migrate === 'check') throw unusable(`the schema ${schema} does not have the tables`, remedy)
    await connections.script(
      `begin; set local synchronous_commit = on; select pg_advisory_xact_lock(${lock}); ${ddl({ schema })} commit;`,
      call,
    )
  }
  const [row] = await connections.run<{ readonly value: string }>('schema-version', [], call)
  const version = Number(row?.value)
  if (version !== schemaVersion)
    throw unusable(
      `the tables in ${schema} have version ${row?.value ?? 'unknown'}, and this version of koa-scopes knows version ${schemaVersion}`,
      'Use the version of koa-scopes that made them, or a later one, or another `schema`.',
    )
}

async function hasTables(connections: Connections, schema: string, call: Call): Promise<boolean> {
  const [found] = await connections.run<{ readonly has_meta: boolean }>('found-schema', [schema], call)
  return found?.has_meta ?? false
}
