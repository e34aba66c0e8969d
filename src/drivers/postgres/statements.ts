import { sql } from './sql.js'

const names = [
  'hello',
  'clock',
  'load',
  'read',
  'hold',
  'create',
  'save',
  'update',
  'claim',
  'renew',
  'settle',
  'lock',
  'unlock',
  'list',
  'list-owned',
  'count',
  'notify',
  'space',
  'add-space',
  'get-object',
  'set-object',
  'delete-object',
  'clear-objects',
  'health',
  'rights',
  'found-schema',
  'schema-version',
] as const

export type StatementName = (typeof names)[number]

export interface Statement {
  readonly text: string
  /** Under which a server keeps it prepared. */
  readonly name: string
}

export type Statements = Readonly<Record<StatementName, Statement>>

/** The columns of a record, as record-columns.ts names them, in the order of PackedHead. */
const headColumns = [
  'version',
  'created_at',
  'touched_at',
  'idle_ms',
  'ends_at',
  'due_at',
  'hits',
  'seal',
  'replaced',
  'principal',
  'principal_since',
  'description',
  'ending',
  'claim_token',
  'attempt',
  'lock_token',
  'lock_until',
] as const

const columnsOfBytes: readonly string[] = ['principal', 'description', 'ending']

/** The head of the row `alias` as a list of JSON values. One value costs both sides less than a column each. */
const headOf = (alias: string): string =>
  headColumns
    .map((column) => (columnsOfBytes.includes(column) ? `encode(${alias}.${column}, 'hex')` : `${alias}.${column}`))
    .join(', ')

/** All attributes of a record as one value: for each its name and its content, each after its length in 4 bytes. In base64. */
const packed = `encode(string_agg(int4send(octet_length(name)) || name || int4send(octet_length(value)) || value, ''::bytea), 'base64')`

/**
 * Fails if the deadline has passed, which undoes the statement. Its condition does not: a row that another program had only
 * locked is written after the wait without a second look.
 */
const inTime = '1 / coalesce(clock_timestamp() < to_timestamp($1::float8 / 1000), true)::integer as in_time'

/** The statements for the tables in this schema. */
export function statementsFor(schema: string): Statements {
  const entries = names.map((name) => [name, { name: `koa_scopes_${name}`, text: filled(sql(name), schema) }] as const)
  return Object.fromEntries(entries) as Statements
}

/** The text of a query for the tables in this schema. */
export function filled(text: string, schema: string): string {
  return text
    .replace(/^--.*\n/gm, '')
    .replaceAll('{schema}', quoted(schema))
    .replaceAll('{columns}', headColumns.join(', '))
    .replace(/\{head of (\w+)\}/g, (_, alias) => headOf(alias))
    .replaceAll('{packed}', packed)
    .replace(/\{in_time \$(\d+)\}/g, (_, number) => inTime.replace('$1', () => `$${number}`))
}

const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`
