import type { Operation, OperationChannel } from './channels.js'

/**
 * Runs an operation and publishes it: `start` and `end` around its synchronous part, `asyncStart` and `asyncEnd` when it is
 * done, also if it returns no promise, and `error` before these if it failed. What `bindStore` binds to `start` is current
 * while it runs. Unlike `tracePromise()`, it does not put the result on the message, because the result may be a record;
 * `done` completes the message from the result. Call it only while the channel has subscribers.
 */
export function traced<Message extends Operation, Result>(
  tracing: OperationChannel<Message>,
  message: Message,
  operation: () => Result,
  done: (result: Awaited<Result>) => void = () => {},
): Result {
  const begunAt = performance.now()
  const finish = () => {
    message.durationMs = performance.now() - begunAt
    if (message.error !== undefined) tracing.error.publish(message)
    tracing.asyncStart.publish(message)
    tracing.asyncEnd.publish(message)
  }
  const fail = (error: unknown) => {
    message.error = error
    finish()
    throw error
  }
  const succeed = (result: Awaited<Result>) => {
    done(result)
    finish()
    return result
  }
  return tracing.start.runStores(message, () => {
    const { result, error } = attempt(operation)
    tracing.end.publish(message)
    if (error) return fail(error.thrown)
    return (result instanceof Promise ? result.then(succeed, fail) : succeed(result as Awaited<Result>)) as Result
  })
}

function attempt<Result>(operation: () => Result) {
  try {
    return { result: operation() }
  } catch (thrown) {
    return { error: { thrown } }
  }
}
