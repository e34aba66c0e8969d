import type { IncomingMessage, ServerResponse } from 'node:http'
import { isScopesError, reasonOf, ScopesError } from '../errors/scopes-error.js'
import type { RequestScopes } from '../http/request-scopes.js'
import { storeRecord } from '../scopes/request/begin.js'
import { endRecord } from '../scopes/request/limit.js'
import type { EpochMs } from '../storage/contract.js'
import { isOutage } from '../storage/guard/availability.js'
import { disown } from '../support/refused-promise.js'
import type { Adopted, OldSession, Taken, Taking } from './old-session.js'
import { finished, takenFrom } from './old-store.js'
import type { AnyScopes, ServedApplication } from './served-application.js'
import type { ScopedContext } from './types.js'

type AnyOldSession = OldSession<AnyScopes['session']>

/**
 * Adopts the session of an earlier program for a visitor who presents its cookie and no credential of ours. The session is
 * stored before a handler sees it, under a new credential. True if the visitor has one now.
 */
export async function adoptSession(
  application: ServedApplication,
  scopes: RequestScopes | undefined,
  ctx: ScopedContext<AnyScopes>,
): Promise<boolean> {
  const { handlers, session } = application
  if (!session || !scopes) return false
  if (!keepsCookies(ctx.req)) return false
  const old = checked(handlers.adopt?.(ctx))
  if (!old || scopes.presents('session') || !scopes.session.isVacant) return false
  return new Adoption(application, scopes, old, ctx.res).run()
}

/** Throws TypeError. */
function checked(old: AnyOldSession | undefined): AnyOldSession | undefined {
  if (old === undefined || old === null || typeof old.take === 'function') return old
  disown(old)
  throw new TypeError('adopt() returns an old session, as fromCookies() makes one, or undefined, and no promise')
}

/**
 * Whether a browser keeps the cookie of a response. Of a request that another site has caused it drops it, unless its address line
 * shows where the visitor is: then an image on any page could take the old session away.
 */
const keepsCookies = ({ headers }: IncomingMessage): boolean =>
  headers['sec-fetch-site'] !== 'cross-site' ||
  (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document')

/** After this time another node may take the record, because this one may have died: see `adoptingMs` of adopt/redis.ts. */
const longestMs = 20_000

/** What is reported when the end of an adoption fails. */
const unfinished = {
  remove: 'a session was adopted, but its record could not be removed',
  putBack: 'a session was not adopted, and its record could not be put back',
} as const

class Adoption {
  readonly #application: ServedApplication
  readonly #scopes: RequestScopes
  readonly #old: AnyOldSession
  readonly #response: ServerResponse
  readonly #begunAt: EpochMs

  constructor(application: ServedApplication, scopes: RequestScopes, old: AnyOldSession, response: ServerResponse) {
    this.#application = application
    this.#scopes = scopes
    this.#old = old
    this.#response = response
    this.#begunAt = application.clock.now()
  }

  async run(): Promise<boolean> {
    const taking = await this.#take()
    if (taking === undefined) return false
    // As after a login: this request cannot have the new credential, and must not replace it by that of an empty session. The old
    // cookie stays until the request that adopts has removed it, because that one may fail.
    if (taking === 'adopted') {
      this.#request.state.become('superseded')
      return false
    }
    // The cookie stays: if the wrong store was asked, a later request may still find the record.
    if (taking === 'missing') {
      this.#application.log.debug({ event: 'adopt' }, 'a cookie of the earlier program names no record in its store')
      return false
    }
    // A visitor who has left would never get the new credential.
    if (this.#response.closed) {
      await this.#finish('putBack', taking)
      return false
    }
    const isAdopted = await this.#adopt(taking)
    if (!isAdopted && !this.#request.state.hasFailed) this.#scopes.clearCookies(this.#old.cookies)
    return isAdopted
  }

  get #request() {
    return this.#scopes.session
  }

  /** undefined if the old store failed. Then every use of the session throws, and a page that needs none is served. */
  async #take(): Promise<Taking | undefined> {
    try {
      return await takenFrom(this.#old, this.#application.clock)
    } catch (error) {
      this.#request.state.failed(this.#failed(reasonOf(error), error))
      return undefined
    }
  }

  /** False if the record becomes no session. Then it is put back, so that a later request adopts it if this one could not. */
  async #adopt(taken: Taken): Promise<boolean> {
    const request = this.#request
    try {
      const isAdopted = await this.#store(this.#old.adopted(taken.record, this.#application.clock.now()) ?? {})
      await this.#end(taken, isAdopted)
      return isAdopted
    } catch (error) {
      request.discard()
      request.abandon()
      // If it is stored, only what follows a login has failed, and the credential is sent.
      const isStored = request.record?.stored === true
      await this.#end(taken, isStored)
      if (isDeniedByLimit(error)) return false
      if (isStored || !(isOutage(error) || isScopesError(error, 'ADOPTION_FAILED'))) throw error
      request.state.failed(error)
      return false
    }
  }

  #end(taken: Taken, isStored: boolean): Promise<void> {
    return isStored ? this.#handOver(taken) : this.#finish('putBack', taken)
  }

  /** The record is removed when the response has left with the new credential. A visitor who has left before adopts it later. */
  async #handOver(taken: Taken): Promise<void> {
    const { id = '' } = this.#request.record ?? {}
    const over = (haveLeft: boolean) => (haveLeft ? this.#finish('remove', taken) : this.#takeBack(id, taken))
    const isSentByOthers = this.#response.socket === null // as of a live connection, whose caller sends the headers
    this.#scopes.clearCookies(this.#old.cookies, isSentByOthers ? undefined : (haveLeft) => void over(haveLeft))
    if (isSentByOthers) await over(true)
  }

  async #takeBack(id: string, taken: Taken): Promise<void> {
    const { scope } = this.#request
    try {
      if (!scope.strategy.sealed) await endRecord(scope, id, 'ended')
    } catch (error) {
      this.#failed(
        `its visitor had left, and the session that was adopted could not be ended: ${reasonOf(error)}`,
        error,
      )
    }
    await this.#finish('putBack', taken)
  }

  async #finish(step: keyof typeof unfinished, taken: Taken): Promise<void> {
    try {
      await finished(step, taken, this.#old, this.#application.clock)
    } catch (error) {
      this.#failed(`${unfinished[step]}: ${reasonOf(error)}`, error)
    }
  }

  #failed(reason: string, cause: unknown): ScopesError {
    const failure = new ScopesError('ADOPTION_FAILED', { reason }, { cause })
    this.#application.failures.failed(failure, 'an old session could not be adopted', { event: 'adopt' })
    return failure
  }

  /** Throws ADOPTION_FAILED if this node has stood still. */
  #assertInTime(): void {
    if (this.#application.clock.now() - this.#begunAt > longestMs)
      throw new ScopesError('ADOPTION_FAILED', { reason: `adopting a record took more than ${longestMs} ms` })
  }

  async #store({ attributes = {}, principal, remember = false }: Adopted<AnyScopes['session']>): Promise<boolean> {
    this.#assertInTime()
    const entries = Object.entries(attributes).filter(([, value]) => value !== undefined)
    const isLoggedIn = typeof principal === 'string'
    if (!isLoggedIn && entries.length === 0) return false
    const handle = this.#scopes.handle('session')
    const data = this.#scopes.data('session')
    for (const [name, value] of entries) data[name] = value
    await (isLoggedIn ? handle.login(principal, { remember }) : storeRecord(this.#request))
    const { id = '' } = handle
    const { emit, log } = this.#request.scope.environment
    log.debug({ id }, 'a session of the earlier program was adopted')
    emit('session:adopted', { scope: 'session', id, principal: handle.principal })
    return true
  }
}

/** The login was refused, or a later one has taken its place. */
const isDeniedByLimit = (error: unknown) => isScopesError(error, 'LIMIT_REACHED') || isScopesError(error, 'SCOPE_LOST')
