import type { Database, Statement } from './client.js'
import { sql } from './sql.js'

const names = [
  'find',
  'queued',
  'list',
  'list-owned',
  'is-any-queued',
  'count',
  'create',
  'touch',
  'update',
  'lease',
  'wake',
  'own',
  'remove',
  'attributes',
  'names',
  'set',
  'unset',
  'clear',
  'find-space',
  'add-space',
  'count-open',
  'get-object',
  'set-object',
  'delete-object',
  'delete-expired-objects',
  'clear-objects',
  'bytes-in-use',
] as const

/** The queries of `queries`, prepared. */
export type Statements = Readonly<Record<(typeof names)[number], Statement>>

export const prepareAll = (database: Database): Statements =>
  Object.fromEntries(names.map((name) => [name, database.prepare(withoutComments(sql(name)))])) as unknown as Statements

/** Comments are for readers; SQLite would store those of the schema. */
export const withoutComments = (text: string): string => text.replace(/^--.*\n/gm, '')
