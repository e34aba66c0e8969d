import { isScopesError, reasonOf, ScopesError } from '../errors/scopes-error.js'
import type { RequestScopes } from '../http/request-scopes.js'
import { isOutage } from '../storage/guard/availability.js'
import type { Clock } from '../support/clock.js'
import type { Adopted, OldSession, Taken, Taking } from './old-session.js'
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
  const old = handlers.adopt?.(ctx)
  if (!old || scopes.presents('session') || !scopes.session.isVacant) return false
  return new Adoption(application, scopes, old).run()
}

class Adoption {
  readonly #application: ServedApplication
  readonly #scopes: RequestScopes
  readonly #old: AnyOldSession

  constructor(application: ServedApplication, scopes: RequestScopes, old: AnyOldSession) {
    this.#application = application
    this.#scopes = scopes
    this.#old = old
  }

  async run(): Promise<boolean> {
    const taking = await this.#take()
    if (taking === undefined) return false
    // As after a login: this request cannot have the new credential, and must not replace it by that of an empty session.
    if (taking === 'adopted') this.#request.state.become('superseded')
    const isAdopted = typeof taking === 'object' && (await this.#adopt(taking))
    if (!this.#request.state.hasFailed) this.#scopes.clearCookies(this.#old.cookies)
    return isAdopted
  }

  get #request() {
    return this.#scopes.session
  }

  /** undefined if the old store failed. Then every use of the session throws, and a page that needs none is served. */
  async #take(): Promise<Taking | undefined> {
    try {
      return await takenInTime(this.#old, this.#application.clock)
    } catch (error) {
      const failure = new ScopesError('ADOPTION_FAILED', { reason: reasonOf(error) }, { cause: error })
      this.#request.state.failed(failure)
      this.#application.failures.failed(failure, 'an old session could not be adopted', { event: 'adopt' })
      return undefined
    }
  }

  /** False if the record becomes no session. If it cannot be stored now, it is put back, so that a later request adopts it. */
  async #adopt(taken: Taken): Promise<boolean> {
    const request = this.#request
    try {
      return await this.#store(this.#old.adopted(taken.record, this.#application.clock.now()) ?? {})
    } catch (error) {
      request.discard()
      request.abandon()
      if (isDeniedByLimit(error)) return false
      const isStored = request.record?.stored === true // then only what follows a login has failed, and the credential is sent
      if (isStored) this.#scopes.clearCookies(this.#old.cookies)
      else await putBack(taken, this.#application)
      if (isStored || !isOutage(error)) throw error
      request.state.failed(error)
      return false
    }
  }

  async #store({ attributes = {}, principal, remember = false }: Adopted<AnyScopes['session']>): Promise<boolean> {
    const entries = Object.entries(attributes).filter(([, value]) => value !== undefined)
    const isLoggedIn = typeof principal === 'string'
    if (!isLoggedIn && entries.length === 0) return false
    const handle = this.#scopes.handle('session')
    const data = this.#scopes.data('session')
    for (const [name, value] of entries) data[name] = value
    await (isLoggedIn ? handle.login(principal, { remember }) : handle.commit())
    const { id = '' } = handle
    const { emit, log } = this.#request.scope.environment
    log.debug({ id }, 'a session of the earlier program was adopted')
    emit('session:adopted', { scope: 'session', id, principal: handle.principal })
    return true
  }
}

/** The login was refused, or a later one has taken its place. */
const isDeniedByLimit = (error: unknown) => isScopesError(error, 'LIMIT_REACHED') || isScopesError(error, 'SCOPE_LOST')

/** Rejects at the deadline. A record that comes later is put back. */
function takenInTime(old: AnyOldSession, clock: Clock): Promise<Taking> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const cancel = clock.schedule(() => {
      isLate = true
      reject(new Error(`it did not answer within ${old.deadlineMs} ms`))
    }, old.deadlineMs)
    const answered = (taking: Taking) => {
      cancel()
      if (!isLate) resolve(taking)
      else if (typeof taking === 'object') taking.putBack?.().catch(() => {}) // the failure was reported at the deadline
    }
    const failed = (error: unknown) => {
      cancel()
      reject(error)
    }
    takeFrom(old, clock.now()).then(answered, failed)
  })
}

/** Async, so that a `take` that throws rejects. */
const takeFrom = async (old: AnyOldSession, now: number): Promise<Taking> => old.take(now)

async function putBack(taken: Taken, { failures }: ServedApplication): Promise<void> {
  try {
    await taken.putBack?.()
  } catch (error) {
    const failure = new ScopesError('ADOPTION_FAILED', { reason: reasonOf(error) }, { cause: error })
    failures.failed(failure, 'an old session could not be put back', { event: 'adopt' })
  }
}
