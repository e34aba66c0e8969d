import type { FailureLog } from './failure-log.js'
import type { EventHandlers, EventName } from './handlers.js'
import type { AnyScopes } from './served-application.js'
import type { ScopedContext } from './types.js'

/** Calls onError. Never rejects: an onError that throws must not hide the error that it got. */
export async function reportError(
  handlers: EventHandlers<AnyScopes>,
  failures: FailureLog,
  error: unknown,
  where: { readonly event: EventName; readonly ctx?: ScopedContext<AnyScopes> },
): Promise<void> {
  try {
    await handlers.onError?.(error, where)
  } catch (failure) {
    logFailure(failures, failure, where)
  }
}

/** Logs an error of onError, or of an operation that it began. */
export const logFailure = (failures: FailureLog, failure: unknown, { event }: { readonly event: EventName }): void =>
  failures.failed(failure, 'onError itself failed', { event })
