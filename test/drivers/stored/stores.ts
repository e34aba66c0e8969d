import { join } from 'node:path'
import { Redis } from 'ioredis'
import Database from 'libsql'
import { open } from 'lmdb'
import { openTables } from '../../../src/drivers/lmdb/tables.js'
import type { MariadbServer } from '../../support/mariadb-server.js'
import type { PostgresServer } from '../../support/postgres-server.js'

/*
 * What a store holds, as texts that can be kept in a file and put into an empty store again.
 */

/** Lines, in an order that does not depend on the time. */
export type Content = readonly string[]

export interface Store {
  /** Everything in it. */
  content(): Promise<Content>
  /** Puts this into it, which is empty. `ddl`: the statements of the tables that it belongs into, separated by semicolons. */
  put(content: Content, ddl?: string): Promise<void>
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const fromBase64 = (text: string) => Buffer.from(text, 'base64')

/** By key: the type and the fields, members or value. */
export function redisStore(url: string): Store {
  const connected = async <T>(use: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(url, { protocol: 2 })
    return use(client).finally(() => client.disconnect())
  }
  return {
    content: () =>
      connected(async (client) => {
        const keys = await client.keysBuffer('*')
        const lines = await Promise.all(
          keys.map(async (key) => {
            const type = await client.type(key)
            return JSON.stringify([base64(key), type, await valuesOf(client, type, key)])
          }),
        )
        return lines.toSorted()
      }),
    put: (content) =>
      connected(async (client) => {
        for (const line of content) {
          const [key, type, values] = JSON.parse(line) as [string, string, string[]]
          const command = { hash: 'hset', zset: 'zadd', set: 'sadd', string: 'set' }[type] ?? ''
          await client.callBuffer(command, fromBase64(key), ...values.map(fromBase64))
        }
      }),
  }
}

/** As the arguments of the command that writes them. */
async function valuesOf(client: Redis, type: string, key: Buffer): Promise<string[]> {
  if (type === 'string') return [base64((await client.getBuffer(key)) ?? Buffer.of())]
  if (type === 'set') return (await client.smembersBuffer(key)).map(base64).toSorted()
  const flat =
    type === 'hash'
      ? await fieldsOf(client, key)
      : ((await client.callBuffer('zrange', key, '0', '-1', 'withscores')) as Buffer[])
  const pairs = Array.from({ length: flat.length / 2 }, (_, n) => flat.slice(2 * n, 2 * n + 2).map(base64))
  const sorted = pairs.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
  return sorted.flatMap((pair) => (type === 'zset' ? pair.toReversed() : pair))
}

async function fieldsOf(client: Redis, key: Buffer): Promise<readonly Buffer[]> {
  const names = (await client.callBuffer('hkeys', key)) as Buffer[]
  const values = (await client.callBuffer('hmget', key, ...names)) as Buffer[]
  return names.flatMap((name, n) => [name, values[n] ?? Buffer.of()])
}

/** By table: keys and values. */
export function lmdbStore(folder: string): Store {
  const opened = async <T>(use: (tables: ReturnType<typeof openTables>) => Promise<T>): Promise<T> => {
    const root = open({ path: folder, noSubdir: false })
    return use(openTables(root)).finally(() => root.close())
  }
  return {
    content: () =>
      opened(async (tables) =>
        Object.entries(tables).flatMap(([name, table]) =>
          [...table.getRange({})].map(({ key, value }: { key: Buffer; value: Uint8Array | number }) =>
            JSON.stringify([name, base64(key), typeof value === 'number' ? value : base64(value)]),
          ),
        ),
      ),
    put: (content) =>
      opened(async (tables) => {
        for (const line of content) {
          const [name, key, value] = JSON.parse(line) as [keyof typeof tables, string, string | number]
          const table = tables[name] as { putSync(key: Buffer, value: unknown): unknown }
          table.putSync(fromBase64(key), typeof value === 'number' ? value : fromBase64(value))
        }
      }),
  }
}

const tableNames = ['meta', 'spaces', 'records', 'attributes', 'objects'] as const

/** Statements: the tables, then their rows. */
export function sqliteStore(folder: string, file = 'scopes.db'): Store {
  const opened = <T>(use: (database: InstanceType<typeof Database>) => T): T => {
    const database = new Database(join(folder, file))
    try {
      return use(database)
    } finally {
      database.close()
    }
  }
  return {
    content: async () =>
      opened((database) => {
        const tables = database.prepare('select sql from sqlite_schema where sql is not null order by rowid').all()
        const rows = tableNames.flatMap((name) => {
          const columns = database.prepare(`select name from pragma_table_info('${name}')`).all() as { name: string }[]
          const quoted = columns.map(({ name }) => `quote(${name})`).join(` || ', ' || `)
          const names = columns.map(({ name }) => name).join(', ')
          const found = database.prepare(`select ${quoted} as text from ${name} order by 1`).all() as { text: string }[]
          return found.map(({ text }) => `insert into ${name} (${names}) values (${text})`)
        })
        return [...(tables as { sql: string }[]).map(({ sql }) => sql.replace(/\s+/g, ' ')), ...rows]
      }),
    put: async (content) =>
      opened((database) => {
        database.exec('pragma journal_mode = wal')
        for (const statement of content) database.exec(statement)
      }),
  }
}

/** Statements for the rows of tables that are there. */
export const postgresStore = (server: Pick<PostgresServer, 'sql'>, schema: string): Store => ({
  async content() {
    const lines: string[] = []
    for (const name of tableNames) {
      const columns = await server.sql<{ column_name: string }>(
        `select column_name from information_schema.columns where table_schema = '${schema}' and table_name = '${name}' order by ordinal_position`,
      )
      const names = columns.map(({ column_name }) => column_name)
      const quoted = names.map((column) => `quote_nullable(${column}::text)`).join(` || ', ' || `)
      const rows = await server.sql<{ text: string }>(`select ${quoted} as text from ${schema}.${name} order by 1`)
      for (const { text } of rows) lines.push(`insert into ${name} (${names.join(', ')}) values (${text})`)
    }
    return lines
  },
  async put(content, ddl = '') {
    await server.sql(`${ddl}; truncate ${schema}.meta`)
    for (const line of content) await server.sql(line.replace('insert into ', `insert into ${schema}.`))
  },
})

/** Statements for the rows of tables that are there. `tables`: the beginning of their names. */
export const mariadbStore = (server: Pick<MariadbServer, 'sql'>, tables: string): Store => ({
  async content() {
    const lines: string[] = []
    for (const name of tableNames) {
      const columns = await server.sql<{ Field: string }>(`show columns from ${tables}${name}`)
      const names = columns.map(({ Field }) => Field)
      const quoted = names.map((column) => `ifnull(concat('x''', hex(cast(${column} as binary)), ''''), 'null')`)
      const rows = await server.sql<{ text: string }>(
        `select concat_ws(', ', ${quoted.join(', ')}) as text from ${tables}${name} order by 1`,
      )
      for (const { text } of rows) lines.push(`insert into ${name} (${names.join(', ')}) values (${text})`)
    }
    return lines
  },
  async put(content, ddl = '') {
    for (const statement of ddl.split(/;\n/)) if (statement.trim() !== '') await server.sql(statement)
    await server.sql(`delete from ${tables}meta`)
    for (const line of content) await server.sql(line.replace('insert into ', `insert into ${tables}`))
  },
})
