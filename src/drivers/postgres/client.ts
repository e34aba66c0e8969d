import { missingClient } from '../missing-client.js'
import type { Secret } from '../network/secret.js'

/** A value that fills a parameter. */
export type Parameter = string | number | boolean | null | Uint8Array | readonly string[]

/** A statement whose answer resolves a promise. */
interface Query {
  readonly text: string
  readonly values: readonly Parameter[]
}

interface Result {
  readonly rows: readonly unknown[]
}

/** A statement whose answer is given to a function. It costs less. */
interface PgQuery {
  /** The name under which the server keeps the prepared statement; undefined: it keeps none. */
  name: string | undefined
}

/** The part of a client of pg that this driver uses. */
export interface PgClient {
  readonly connection: {
    readonly stream: { readonly destroyed: boolean; cork(): void; uncork(): void; destroy(): void }
  }
  connect(): Promise<unknown>
  query(query: Query): Promise<Result>
  query(query: PgQuery): void
  end(): Promise<void>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'end', listener: () => void): unknown
  on(event: 'notification', listener: (message: { readonly payload?: string | undefined }) => void): unknown
}

/** The settings of one connection, as pg takes them unless said otherwise. */
export interface ClientSettings {
  readonly host: string
  readonly port?: number
  readonly user: string
  readonly database: string
  /** If it is a function, pg asks it when the server asks for a password. */
  readonly password?: Secret
  readonly ssl: object | false
  readonly pipeline: boolean
  /** How long connecting may take, with the first statements. Not an option of pg, whose limit leaves these out. */
  readonly timeoutMs: number
  readonly keepAlive: boolean
  readonly application_name: string
}

/** The part of pg that this driver uses. */
export interface Pg {
  client(settings: ClientSettings): PgClient
  query(text: string, values: readonly Parameter[], answer: (error: Error | null, result: Result) => void): PgQuery
}

/** Imports the client. Throws STORAGE_UNUSABLE. */
export async function importPg(cache: string): Promise<Pg> {
  const { default: pg } = await imported(cache)
  // The types of pg do not know the options `pipeline` and `types` of a client, nor a query with a function for its answer.
  const { Client, Query } = pg as unknown as Classes
  return {
    client: (settings) => new Client({ ...settings, types }),
    query: (text, values, answer) => new Query(text, values, answer),
  }
}

async function imported(cache: string): Promise<typeof import('pg')> {
  try {
    return await import('pg')
  } catch (cause) {
    throw missingClient({ cache, name: 'pg', store: 'PostgreSQL' }, cause)
  }
}

interface Classes {
  readonly Client: new (settings: ClientSettings & { readonly types: Types }) => PgClient
  readonly Query: new (...parameters: Parameters<Pg['query']>) => PgQuery
}

interface Types {
  getTypeParser(oid: number): (text: string) => unknown
}

const identity = (text: string): string => text

/** Parsers by the ids of types, for the types that the queries return. The others stay text. */
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [16, (text) => text === 't'],
  [17, (text) => Buffer.from(text.slice(2), 'hex')],
  [20, Number],
  [23, Number],
  [114, JSON.parse],
  [701, Number],
])

const types: Types = { getTypeParser: (oid) => parsers.get(oid) ?? identity }
