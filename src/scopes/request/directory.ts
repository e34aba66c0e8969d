import type { EpochMs, RecordHead } from '../../storage/contract.js'
import { checkId as checkStorableId, isPossibleId, isPossiblePrincipal } from '../../storage/guard/lengths.js'
import { allDone } from '../../support/all-done.js'
import type { ScopeEnvironment } from '../environment.js'
import { formatCredential } from '../record/credential.js'
import type { Scope } from '../scope.js'
import {
  checkContent,
  checkedOptions,
  checkFunction,
  checkId,
  checkLimit,
  checkSoughtId,
  checkSoughtPrincipal,
  checkText,
} from './arguments.js'
import { type Begun, beginRecord } from './begin.js'
import { readCursor, writtenCursor } from './cursor.js'
import { type Description, descriptionIn } from './description.js'
import { ScopeHandle } from './handle.js'
import { closeOperations } from './late-operations.js'
import { endRecord, recordsOf } from './limit.js'
import type { LoginOptions } from './login.js'
import { RequestScope } from './request-scope.js'
import { scopeData } from './scope-data.js'
import { type ShownAttribute, shownAttributes } from './shown-record.js'

/** A record as a directory shows it. */
export interface RecordInfo {
  readonly id: string
  readonly timeCreated: Date
  /** The last access that the store knows. In memory-first mode later ones may still be in a node's memory. */
  readonly lastVisit: Date
  /** null: never. */
  readonly expiresAt: Date | null
  readonly principal: string | null
  readonly hits: number
  /** What `describe` said at the last login; null if it said nothing. */
  readonly description: Description | null
}

/** A record as `find` shows it. `current`: it is the one that the caller asked from. */
export interface FoundRecord extends RecordInfo {
  readonly current: boolean
}

/** A record as `show` gives it. */
export interface ShownRecord extends RecordInfo {
  /** The time of the last login; null without a principal. */
  readonly authenticatedAt: Date | null
  /** Whether this node has changes of it that are not yet in the store, and so not shown here. */
  readonly isUnsaved: boolean
  readonly attributes: readonly ShownAttribute[]
}

export interface ListOptions {
  readonly limit?: number
  readonly cursor?: string
  readonly principal?: string
  readonly idPrefix?: string
}

/** What a client sends, and what a browser would keep, to use a record that was begun. */
export interface Presentation {
  /** A request header for each carrier of the scope, in lower case. Any of them opens the record. */
  readonly headers: Readonly<Record<string, string>>
  /** The lines of the Set-Cookie headers that would give it to a browser. */
  readonly setCookie: readonly string[]
}

/** A record that `begin` has begun. All but its id is a secret: it opens the record, so never log or store it. */
export interface BegunRecord extends Presentation {
  readonly id: string
  /** `<id>.<secret>` */
  readonly credential: string
}

const listOptions = ['limit', 'cursor', 'principal', 'idPrefix'] as const

/**
 * All sessions, or all clients, of an application on all nodes: for account pages, admins and jobs. Each member throws
 * SCOPE_SEALED if the records are in sealed cookies.
 */
export class Directory<Data> {
  readonly #scope: Scope
  readonly #present: (begun: Begun) => Presentation

  /** `present`: how clients present a credential. Default: in no way that is known here. */
  constructor(scope: Scope, present: (begun: Begun) => Presentation = () => ({ headers: {}, setCookie: [] })) {
    this.#scope = scope
    this.#present = present
  }

  /**
   * Begins a record with these attributes outside of any request, and logs its principal in, if one is given, as `login()` does with
   * these options: for tests, and for programs that give a client its credential. No handler runs. An
   * attribute of the name `principal` can be set only later. Throws TypeError, LIMIT_REACHED, and CONTAINER_CLOSED after the container's
   * `close()` was called.
   */
  async begin(
    content: Partial<Data> & { readonly principal?: string } = {},
    options: LoginOptions = {},
  ): Promise<BegunRecord> {
    checkContent(content)
    const begun = await beginRecord(this.#scope, content, checkedOptions('begin()', options, ['remember']))
    const { credential } = begun
    return { id: credential.id, credential: formatCredential(credential), ...this.#present(begun) }
  }

  /** The live records of exactly this principal. `current`: the id of the record that asks, as `ctx.scopes.session.id`. */
  async find(which: { readonly principal: string; readonly current?: string | undefined }): Promise<FoundRecord[]> {
    const { principal, current } = checkedOptions('find()', which, ['principal', 'current'])
    checkSoughtPrincipal(principal)
    await this.#caughtUp('find()')
    const heads = isPossiblePrincipal(principal) ? await recordsOf(this.#scope, principal) : []
    return heads.map((head) => ({ ...infoOf(head), current: head.id === current }))
  }

  /**
   * A page of live records in any order. A page without a cursor is the last. `limit`: at most this many, 1 to 1,000, default
   * 100. `principal`: only records of exactly this one. `idPrefix`: only those of the page whose id begins so; no store has an
   * index of it, so a page may have few, or none, and still not be the last.
   */
  async list(options: ListOptions = {}): Promise<{ items: RecordInfo[]; cursor?: string }> {
    const { limit = 100, cursor, principal, idPrefix = '' } = checkedOptions('list()', options, listOptions)
    checkLimit(limit)
    checkText('idPrefix', idPrefix)
    if (principal !== undefined) checkSoughtPrincipal(principal)
    const environment = await this.#caughtUp('list()')
    const { clock, space } = environment
    if (principal !== undefined && !isPossiblePrincipal(principal)) return { items: [] }
    const from = cursor === undefined ? {} : { cursor: readCursor(environment, cursor) }
    const of = principal === undefined ? {} : { principal }
    const page = await space.list({ limit, now: clock.now(), ...of, ...from })
    const next = page.cursor === undefined ? {} : { cursor: writtenCursor(environment, page.cursor) }
    return { items: page.items.filter(({ id }) => id.startsWith(idPrefix)).map(infoOf), ...next }
  }

  /**
   * One live record as the store has it, with its attributes; undefined if there is none. It is no access: nothing is touched,
   * reported or taken into this node's memory.
   */
  async show(id: string): Promise<ShownRecord | undefined> {
    checkSoughtId(id)
    const environment = this.#scope.storedFor('show()')
    const { clock, space } = environment
    if (!isPossibleId(id)) return undefined
    const result = await space.load(id, { now: clock.now() })
    if (result.status !== 'loaded') return undefined
    const { record } = result
    return {
      ...infoOf(record),
      authenticatedAt: dateOf(record.principalSince),
      isUnsaved: this.#scope.strategy.backlog?.owes(id) ?? false,
      attributes: shownAttributes(environment, record),
    }
  }

  /** The number of live records; exact if the driver's `exactCount` says so. */
  async count(): Promise<number> {
    const { clock, space } = await this.#caughtUp('count()')
    return space.count({ now: clock.now() })
  }

  /**
   * Ends one record, or all of a principal except the id `except` ("log out everywhere else"). `principal`: ends the one record
   * only if it is this principal's, as for an id that came with a request. The end handlers run soon. Returns how many records
   * were ended: none for an id or a principal that no record has, or can have. Throws the first failure, after all have been tried.
   */
  async end(
    which: string | { readonly principal: string },
    options: { readonly except?: string; readonly principal?: string } = {},
  ): Promise<number> {
    this.#scope.storedFor('end()')
    const { except, principal } = checkedOptions('end()', options, ['except', 'principal'])
    if (except !== undefined) checkId(except)
    if ('principal' in options) checkSoughtPrincipal(principal)
    if ('principal' in options) checkSoughtId(which) // a form that sends an object must not end the sessions of another user
    const ids = typeof which === 'string' ? [which].filter(isPossibleId) : (await this.find(which)).map(({ id }) => id)
    const owner = typeof which === 'string' ? principal : which.principal
    const end = (id: string) => endRecord(this.#scope, id, 'ended', owner)
    const ending = ids.filter((id) => id !== except).map(end)
    await allDone(ending)
    return (await Promise.all(ending)).filter(Boolean).length
  }

  /**
   * Calls `listener` once, within about a second after the record has ended on any node: for connections that outlive their
   * request. The record must be stored already, so a request that begins it must commit first. Returns a function that
   * removes the listener.
   */
  onEnd(id: string, listener: () => unknown): () => void {
    checkId(id)
    checkStorableId(id)
    checkFunction('A listener', listener)
    return this.#scope.ends.add(id, listener)
  }

  /**
   * Loads a record, runs `fn` on its data and commits, outside of any request: for jobs, web sockets, role changes. If `fn`
   * throws, nothing is saved. It does not count as an access and does not extend the record's life. Resolves with the result
   * of `fn`; undefined if there is no such record. Throws CONTAINER_CLOSED after the container's `close()` was called.
   */
  async open<T>(id: string, fn: (data: Data, handle: ScopeHandle<Data>) => T | Promise<T>): Promise<T | undefined> {
    checkSoughtId(id)
    checkFunction('What open() runs', fn)
    const { inFlight } = this.#scope.storedFor('open()')
    if (!isPossibleId(id)) return undefined
    inFlight.enter('open a record')
    try {
      return await this.#run(id, fn)
    } finally {
      inFlight.leave()
    }
  }

  /** The environment for an operation that sees in the store what this node has answered, unless the store is unavailable. */
  async #caughtUp(operation: string): Promise<ScopeEnvironment> {
    const environment = this.#scope.storedFor(operation)
    await this.#scope.strategy.backlog?.catchUp()
    return environment
  }

  async #run<T>(id: string, fn: (data: Data, handle: ScopeHandle<Data>) => T | Promise<T>): Promise<T | undefined> {
    const request = new RequestScope(this.#scope)
    if (!(await request.openById(id))) return undefined
    try {
      const result = await fn(scopeData(request) as Data, new ScopeHandle<Data>(request))
      while (request.operations.areOpen) await request.operations.finish()
      closeOperations(request, openCall)
      await request.commit()
      return result
    } catch (error) {
      closeOperations(request, openCall)
      request.discard()
      throw error
    } finally {
      request.close()
      request.release()
    }
  }
}

const openCall = () => 'open()'

const infoOf = ({ id, createdAt, touchedAt, expiresAt, principal, hits, description }: RecordHead): RecordInfo => ({
  id,
  timeCreated: new Date(createdAt),
  lastVisit: new Date(touchedAt),
  expiresAt: dateOf(expiresAt),
  principal,
  hits,
  description: descriptionIn(description),
})

const dateOf = (at: EpochMs | null): Date | null => (at === null ? null : new Date(at))
