import type { CallOptions, RowsPage, RowsQuery, StampedRow, Table, TableRow } from 'koa-scopes'
import { type Folder, fileNameOf, textOf } from './folder.js'

const fileOf = (id: string): string => `${fileNameOf(id)}.json`

/**
 * One JSON file for each row; its text is its stamp. A file may be read, compared and written in steps, since calls for
 * one row come one after the other and no other process may use the folder.
 */
export class JsonFilesTable implements Table {
  readonly #folder: Folder

  constructor(folder: Folder) {
    this.#folder = folder
  }

  get(id: string): Promise<StampedRow | undefined> {
    return this.#row(fileOf(id))
  }

  async insert(row: TableRow): Promise<boolean> {
    return this.#writeIf(row, undefined)
  }

  async replace(row: TableRow, stamp: unknown): Promise<boolean> {
    return this.#writeIf(row, stamp)
  }

  async remove(id: string, stamp: unknown): Promise<boolean> {
    const isPresent = (await this.#folder.read(fileOf(id))) === stamp
    if (isPresent) await this.#folder.remove(fileOf(id))
    return isPresent
  }

  /** Reads every file: fast enough for a few thousand records. */
  async due({ now, limit }: CallOptions & { readonly limit: number }): Promise<readonly StampedRow[]> {
    const due: (StampedRow & { readonly at: number })[] = []
    for (const file of await this.#folder.files()) {
      const stamped = await this.#row(file)
      const at = stamped?.row.due ?? null
      if (stamped && at !== null && at <= now) due.push({ ...stamped, at })
    }
    return due.sort((a, b) => a.at - b.at).slice(0, limit)
  }

  /** The cursor is the last file of the page before. */
  async rows({ limit, cursor = '' }: RowsQuery): Promise<RowsPage> {
    const files = (await this.#folder.files()).filter((file) => file > cursor)
    const page = files.slice(0, limit)
    const rows = await Promise.all(page.map((file) => this.#row(file)))
    const last = files.length > limit ? page.at(-1) : undefined
    return { rows: rows.flatMap((found) => found?.row ?? []), ...(last !== undefined && { cursor: last }) }
  }

  async #row(file: string): Promise<StampedRow | undefined> {
    const text = await this.#folder.read(file)
    return text === undefined ? undefined : { row: this.#folder.rowIn(text, file), stamp: text }
  }

  async #writeIf(row: TableRow, stamp: unknown): Promise<boolean> {
    const file = fileOf(row.head.id)
    if ((await this.#folder.read(file)) !== stamp) return false
    await this.#folder.write(file, textOf(row))
    return true
  }
}
