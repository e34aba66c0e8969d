import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, context } from '@opentelemetry/api'

/**
 * Makes a context of OpenTelemetry the active one where a channel would make the value of a store current, so that spans of
 * every instrumentation nest. The context itself is kept by OpenTelemetry's own context manager.
 */
export class ContextStore extends AsyncLocalStorage<Context> {
  override run<R, Arguments extends unknown[]>(
    active: Context,
    callback: (...args: Arguments) => R,
    ...args: Arguments
  ): R {
    return context.with(active, () => callback(...args))
  }

  override getStore(): Context {
    return context.active()
  }
}
