import type { Logger } from '../support/logger.js'
import type { EventHandlers, EventName } from './handlers.js'
import type { AnyScopes } from './served-application.js'
import type { ScopedContext } from './types.js'

/** Calls onError. Never rejects: an onError that throws must not hide the error that it got. */
export async function reportError(
  handlers: EventHandlers<AnyScopes>,
  log: Logger,
  error: unknown,
  where: { readonly event: EventName; readonly ctx?: ScopedContext<AnyScopes> },
): Promise<void> {
  try {
    await handlers.onError?.(error, where)
  } catch (failure) {
    logFailure(log, failure, where)
  }
}

/** Logs an error of onError, or of an operation that it began. */
export const logFailure = (log: Logger, failure: unknown, { event }: { readonly event: EventName }): void =>
  log.error({ err: failure, event }, 'onError itself failed')
