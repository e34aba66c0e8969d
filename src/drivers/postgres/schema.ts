import { StorageError } from '../../storage/storage-error.js'
import { type Call, callOf } from '../network/call.js'
import type { Connections } from './connections.js'
import type { PostgresOptions } from './options.js'
import { sql } from './sql.js'
import { filled } from './statements.js'

/** The version of the tables that this version of the package makes and uses. */
export const schemaVersion = 2

/** Nodes that start at once make the tables one after the other. Any number: no other program takes this one. */
const lock = 5_014_277_100

const remedy = 'Run the statements that `koa-scopes schema --sql postgres` prints, or set `migrate: auto`.'

/** The statements that create the tables. Run again, they change nothing. */
export const ddl = ({ schema }: Pick<PostgresOptions, 'schema'>): string => filled(sql('schema'), schema).trim()

/** The statements that bring tables of the version before to this one. */
const upgrade = ({ schema }: Pick<PostgresOptions, 'schema'>): string => filled(sql('upgrade'), schema).trim()

/** Throws STORAGE_UNPREPARED if a node would create or change the tables at its start, STORAGE_UNUSABLE if it could not use them. */
export async function checkSchema(connections: Connections, options: PostgresOptions, cache: string): Promise<void> {
  const { schema, migrate } = options
  const call = callOf('open', {})
  const unprepared = (reason: string) =>
    new StorageError('STORAGE_UNPREPARED', { cache, reason: `${connections.where}: ${reason}` })
  if (migrate === 'auto') {
    if (!(await hasTables(connections, schema, call)))
      throw unprepared(`the schema ${schema} does not have the tables yet`)
    if (isOlder(await versionOf(connections, call)))
      throw unprepared(
        `the tables in ${schema} have the version before ${schemaVersion}, and the next start changes them`,
      )
  }
  await ensureSchema(connections, { ...options, migrate: 'check' }, cache)
}

/** Creates the tables if they are missing, and changes those of the version before, if `migrate` allows it. Throws STORAGE_UNUSABLE. */
export async function ensureSchema(connections: Connections, options: PostgresOptions, cache: string): Promise<void> {
  const { schema, migrate } = options
  const call = callOf('open', {})
  const unusable = (reason: string, remedy: string) =>
    new StorageError('STORAGE_UNUSABLE', { cache, reason: `${connections.where}: ${reason}`, remedy })
  const change = (statements: string) =>
    connections.script(
      `begin; set local synchronous_commit = on; select pg_advisory_xact_lock(${lock}); ${statements} commit;`,
      call,
    )
  if (!(await hasTables(connections, schema, call))) {
    if (migrate === 'check') throw unusable(`the schema ${schema} does not have the tables`, remedy)
    await change(ddl({ schema }))
  }
  let version = await versionOf(connections, call)
  if (isOlder(version) && migrate === 'auto') {
    await change(upgrade(options))
    version = await versionOf(connections, call)
  }
  if (version !== `${schemaVersion}`)
    throw unusable(
      `the tables in ${schema} have version ${version ?? 'unknown'}, and this version of koa-scopes knows version ${schemaVersion}`,
      isOlder(version)
        ? `Run these statements, or set \`migrate: auto\`: ${upgrade(options).replaceAll('\n', ' ')}`
        : 'Use the version of koa-scopes that made them, or a later one, or another `schema`.',
    )
}

/** Whether these are the tables of the version before. */
const isOlder = (version: string | undefined): boolean => version === `${schemaVersion - 1}`

async function versionOf(connections: Connections, call: Call): Promise<string | undefined> {
  const [row] = await connections.run<{ readonly value: string }>('schema-version', [], call)
  return row?.value
}

async function hasTables(connections: Connections, schema: string, call: Call): Promise<boolean> {
  const [found] = await connections.run<{ readonly has_meta: boolean }>('found-schema', [schema], call)
  return found?.has_meta ?? false
}
