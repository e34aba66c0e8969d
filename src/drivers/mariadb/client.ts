/** A value that fills a `?`. */
export type Parameter = string | number | Uint8Array | null

/** The answer to a statement that changes something: how many rows it found. */
export interface Changed {
  readonly affectedRows: number
}

/** The part of a prepared statement of mariadb that this driver uses. */
export interface Prepared {
  execute(values: readonly Parameter[]): Promise<unknown>
}

/** The part of a connection of mariadb that this driver uses. */
export interface Client {
  query(sql: string, values?: readonly Parameter[]): Promise<unknown>
  prepare(sql: string): Promise<Prepared>
  end(): Promise<void>
  isValid(): boolean
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'end', listener: () => void): unknown
}
