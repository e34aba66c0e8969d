import { sql } from './sql.js'

/** The statements that each connection prepares: those of the folder `queries` but `schema` and `settings`. */
export const statementNames = [
  'add-space',
  'attributes',
  'claim',
  'clear',
  'clear-objects',
  'clock',
  'count',
  'count-due',
  'create',
  'delete-object',
  'due',
  'find-space',
  'get-object',
  'hold',
  'list',
  'list-of-principal',
  'load',
  'lock',
  'names',
  'prolong',
  'purge-objects',
  'read',
  'renew',
  'save',
  'saved',
  'set',
  'set-object',
  'settle',
  'touch',
  'unlock',
  'unset',
  'update',
  'wake',
] as const

export type StatementName = (typeof statementNames)[number]

/** The text of a query without its comments, for tables whose names begin with `tables`. */
export const statementOf = (name: string, tables: string): string =>
  sql(name)
    .replace(/^--.*\n/gm, '')
    .replace(/\{(\w+)\}/g, (_, table) => `\`${tables}${table}\``)
    .trim()
