import type { TracingChannel } from 'node:diagnostics_channel'
import type { Operation } from './channels.js'

/**
 * Runs an operation and publishes it: `start` and `end` around its synchronous part, `asyncStart` and `asyncEnd` when it is
 * done, `error` before these if it failed. What is bound to `start` by `bindStore` is current while the operation runs.
 * Unlike `tracePromise()`, it does not put the result on the message, because the result may be a record. `done` completes
 * the message from the result. Call it only if the channel has subscribers.
 */
export function traced<Message extends Operation, T>(
  tracing: TracingChannel<unknown, Message>,
  message: Message,
  operation: () => Promise<T>,
  done?: (result: T) => void,
): Promise<T> {
  const begunAt = performance.now()
  return tracing.start.runStores(message, () => {
    const running = begun(operation)
    tracing.end.publish(message)
    return running.then(
      (result) => {
        done?.(result)
        finish(tracing, message, begunAt)
        return result
      },
      (error) => {
        message.error = error
        finish(tracing, message, begunAt)
        throw error
      },
    )
  })
}

/** Same as `traced`, for an operation that waits for nothing. */
export function tracedSync<Message extends Operation, T>(
  tracing: TracingChannel<unknown, Message>,
  message: Message,
  operation: () => T,
  done?: (result: T) => void,
): T {
  const begunAt = performance.now()
  return tracing.start.runStores(message, () => {
    try {
      const result = operation()
      done?.(result)
      return result
    } catch (error) {
      message.error = error
      throw error
    } finally {
      tracing.end.publish(message)
      finish(tracing, message, begunAt)
    }
  })
}

/** An operation may throw before it returns its promise. */
async function begun<T>(operation: () => Promise<T>): Promise<T> {
  return operation()
}

function finish<Message extends Operation>(
  tracing: TracingChannel<unknown, Message>,
  message: Message,
  begunAt: number,
): void {
  message.durationMs = performance.now() - begunAt
  if (message.error !== undefined) tracing.error.publish(message)
  tracing.asyncStart.publish(message)
  tracing.asyncEnd.publish(message)
}
