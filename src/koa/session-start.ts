import type { RequestScopes } from '../http/request-scopes.js'
import type { AnyScopes, ServedApplication } from './served-application.js'
import type { ScopedContext } from './types.js'

/** Runs onSessionStart for a visitor who has no session, and may get one; or whose session was adopted by this request. */
export async function startSession(
  { handlers, life, log, session }: ServedApplication,
  scopes: RequestScopes | undefined,
  ctx: ScopedContext<AnyScopes>,
  isAdopted: boolean,
): Promise<void> {
  const { onSessionStart } = handlers
  if (!onSessionStart || !session || !scopes || !(isAdopted || scopes.session.isVacant)) return
  const request = scopes.session
  request.writable('onSessionStart')
  try {
    await onSessionStart.call(handlers, {
      ctx,
      log,
      application: life.data,
      session: ctx.session,
      get client() {
        return ctx.client
      },
    })
  } catch (error) {
    request.abandon()
    throw error
  }
  scopes.greeted()
}
