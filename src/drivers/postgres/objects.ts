import type { CallOptions, ObjectSpace } from '../../storage/contract.js'
import { callOf } from '../network/call.js'
import { bytesOf } from './record-row.js'
import type { SpaceTables } from './space-tables.js'

/** The objects of one space in PostgreSQL. */
export class PostgresObjects implements ObjectSpace {
  readonly #tables: SpaceTables

  constructor(tables: SpaceTables) {
    this.#tables = tables
  }

  async get(key: string, options: CallOptions): Promise<Uint8Array | undefined> {
    const values = [bytesOf(key), options.now]
    const [row] = await this.#tables.run<{ readonly value: string }>('get-object', values, callOf('get', options))
    return row && Buffer.from(row.value, 'base64')
  }

  async set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void> {
    const { now, ttlMs } = options
    const call = callOf('set', options)
    this.#tables.checkSize([value], call)
    const expiresAt = ttlMs === null ? null : now + ttlMs
    const values = [bytesOf(key), value, expiresAt, now, this.#tables.deadlineOf(call)]
    const rows = await this.#tables.run('set-object', values, call)
    if (rows.length === 0) await this.#tables.checkDeadline(call)
  }

  async delete(key: string, options: CallOptions): Promise<boolean> {
    const call = callOf('delete', options)
    const values = [bytesOf(key), options.now, this.#tables.deadlineOf(call)]
    const [row] = await this.#tables.run<{ readonly was_live: boolean }>('delete-object', values, call)
    if (!row) await this.#tables.checkDeadline(call)
    return row?.was_live ?? false
  }

  async clear(options: CallOptions): Promise<void> {
    const call = callOf('clear', options)
    const values = [this.#tables.deadlineOf(call)]
    const [row] = await this.#tables.run<{ readonly is_late: boolean }>('clear-objects', values, call)
    if (row?.is_late) await this.#tables.checkDeadline(call)
  }
}
