import type { RecordHead } from '../../storage/contract.js'
import type { Scope } from '../scope.js'
import { checkFunction, checkId, checkLimit, checkSoughtPrincipal } from './arguments.js'
import { readCursor, writtenCursor } from './cursor.js'
import { ScopeHandle } from './handle.js'
import { endRecord, recordsOf } from './limit.js'
import { RequestScope } from './request-scope.js'
import { scopeData } from './scope-data.js'

/** What a directory tells of a record. */
export interface RecordInfo {
  readonly id: string
  readonly timeCreated: Date
  /** Memory-first, the last access that was told to the store. */
  readonly lastVisit: Date
  /** null: never. */
  readonly expiresAt: Date | null
  readonly principal: string | null
  readonly hits: number
}

/** All sessions, or all clients, of an application, wherever they are in use: for account pages, admins and jobs. */
export class Directory<Data> {
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Exactly this principal's live records. */
  async find({ principal }: { readonly principal: string }): Promise<RecordInfo[]> {
    checkSoughtPrincipal(principal)
    return (await recordsOf(this.#scope, principal)).map(infoOf)
  }

  /** A page of live records, in no particular order; a page without a cursor is the last. `limit`: 1 to 1,000, default 100. */
  async list({ limit = 100, cursor }: { readonly limit?: number; readonly cursor?: string } = {}): Promise<{
    items: RecordInfo[]
    cursor?: string
  }> {
    checkLimit(limit)
    const { environment } = this.#scope
    const { clock, space } = environment
    const from = cursor === undefined ? {} : { cursor: readCursor(environment, cursor) }
    const page = await space.list({ limit, now: clock.now(), ...from })
    const next = page.cursor === undefined ? {} : { cursor: writtenCursor(environment, page.cursor) }
    return { items: page.items.map(infoOf), ...next }
  }

  /** Live records; exact or not as the driver's capabilities say. */
  async count(): Promise<number> {
    const { clock, space } = this.#scope.environment
    return space.count({ now: clock.now() })
  }

  /**
   * Ends one record, or all of a principal but the one named by `except` ("log out everywhere else"). Their end handlers
   * run soon. Returns how many were ended.
   */
  async end(
    which: string | { readonly principal: string },
    options: { readonly except?: string } = {},
  ): Promise<number> {
    const ids = typeof which === 'string' ? [which] : (await this.find(which)).map(({ id }) => id)
    for (const id of ids) checkId(id)
    if (options.except !== undefined) checkId(options.except)
    const ended = await Promise.all(
      ids.filter((id) => id !== options.except).map((id) => endRecord(this.#scope, id, 'ended')),
    )
    return ended.filter(Boolean).length
  }

  /**
   * Calls `listener` once when the record has ended, on whichever node, within about a second: for connections that
   * outlive their request. The record must be stored, so the request that begins it commits first. Returns the function
   * that stops it.
   */
  onEnd(id: string, listener: () => void): () => void {
    checkId(id)
    checkFunction('A listener', listener)
    return this.#scope.ends.add(id, listener)
  }

  /**
   * Loads a record, runs `fn` on its data and commits, outside of any request: for jobs, web sockets, role changes. When
   * `fn` throws, nothing is saved. It is no access of the visitor's and prolongs nothing. undefined when there is no such
   * record.
   */
  async open<T>(id: string, fn: (data: Data, handle: ScopeHandle) => T | Promise<T>): Promise<T | undefined> {
    checkId(id)
    checkFunction('What open() runs', fn)
    const request = new RequestScope(this.#scope)
    if (!(await request.openById(id))) return undefined
    try {
      const result = await fn(scopeData(request) as Data, new ScopeHandle(request))
      await request.operations.finish()
      await request.commit()
      return result
    } catch (error) {
      request.discard()
      throw error
    } finally {
      request.close()
      request.release()
    }
  }
}

const infoOf = ({ id, createdAt, touchedAt, expiresAt, principal, hits }: RecordHead): RecordInfo => ({
  id,
  timeCreated: new Date(createdAt),
  lastVisit: new Date(touchedAt),
  expiresAt: expiresAt === null ? null : new Date(expiresAt),
  principal,
  hits,
})
