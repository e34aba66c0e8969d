import { importClient } from '../import-client.js'

/** A value that fills a parameter. */
export type Parameter = string | number | boolean | null | Uint8Array | readonly (string | Uint8Array)[]

export interface Query {
  readonly text: string
  readonly values: readonly Parameter[]
  /** The name under which the server keeps the prepared statement; absent: it keeps none. */
  readonly name?: string
  readonly types: { getTypeParser(oid: number): (text: string) => unknown }
}

/** The part of a client of pg that this driver uses. */
export interface PgClient {
  readonly connection: {
    readonly stream: { readonly destroyed: boolean; cork(): void; uncork(): void; destroy(): void }
  }
  connect(): Promise<unknown>
  query(query: Query): Promise<{ readonly rows: readonly unknown[] }>
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
  readonly password?: string
  readonly ssl: object | false
  readonly pipeline: boolean
  /** How long connecting may take, with the first statements. Not an option of pg, whose limit leaves these out. */
  readonly timeoutMs: number
  readonly keepAlive: boolean
  readonly application_name: string
}

export type ClientOf = (settings: ClientSettings) => PgClient

/** Imports the client. Throws STORAGE_UNUSABLE. */
export async function clientFor(cache: string): Promise<ClientOf> {
  const { default: pg } = await importClient({ cache, name: 'pg', store: 'PostgreSQL' }, () => import('pg'))
  return (settings) => new pg.Client(settings) as unknown as PgClient
}

const identity = (text: string): string => text

/** Parsers by the ids of types, for the types that the queries return. The others stay text. */
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [16, (text) => text === 't'],
  [17, (text) => Buffer.from(text.slice(2), 'hex')],
  [20, Number],
  [23, Number],
  [701, Number],
])

export const types = { getTypeParser: (oid: number) => parsers.get(oid) ?? identity }
