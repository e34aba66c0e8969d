import { missingClient } from '../missing-client.js'

/*
 * The part of an SQLite client that this driver uses, and libsql behind it. better-sqlite3 and node:sqlite have the same
 * calls; another client is another `clientFor`.
 */

type Value = string | number | null | Uint8Array

/** A row as the values of its columns, in their order. A text ends at its first NUL, so queries return texts that have one as bytes. */
export type Values = readonly Value[]

export interface Statement {
  run(parameters: Values): { readonly changes: number; readonly lastInsertRowid: number | bigint }
  get(parameters: Values): Values | undefined
  all(parameters: Values): Values[]
}

export interface Database {
  readonly inTransaction: boolean
  prepare(text: string): Statement
  exec(text: string): void
  close(): void
}

/** The client: opens a file, which exists, and never waits for another connection's lock. */
export type Client = (path: string) => Database

interface Libsql {
  new (
    path: string,
    options: { readonly timeout: number },
  ): Omit<Database, 'prepare'> & {
    prepare(text: string): Statement & { readonly reader: boolean; raw(): Statement }
  }
}

export async function clientFor(cache: string): Promise<Client> {
  const libsql = await imported(cache)
  const Connection = libsql.default as Libsql
  return (path) => {
    const connection = new Connection(path, { timeout: 0 })
    return {
      get inTransaction() {
        return connection.inTransaction
      },
      prepare(text) {
        const statement = connection.prepare(text)
        // Rows as lists: as objects they would have an additional `_metadata`.
        return statement.reader ? statement.raw() : statement
      },
      exec: (text) => connection.exec(text),
      close: () => connection.close(),
    }
  }
}

async function imported(cache: string): Promise<{ readonly default: unknown }> {
  try {
    return await import(/* webpackIgnore: true */ 'libsql')
  } catch (cause) {
    throw missingClient({ cache, name: 'libsql', store: 'SQLite' }, cause)
  }
}

/** The bits of an extended result code that hold the primary one. */
const primaryBits = 0xff

/** SQLite's primary result code of an error of the client; undefined for other errors. */
export function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  if ('rawCode' in error && typeof error.rawCode === 'number') return error.rawCode & primaryBits
  // An error at opening has its code only in its message.
  const [, code] = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message) ?? []
  return code === undefined ? undefined : Number(code) & primaryBits
}
