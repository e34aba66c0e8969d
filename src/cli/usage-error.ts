/** A command was called with what it does not take. Only its message is printed, and the exit code is 2. */
export class UsageError extends Error {}

/** A call whose arguments come from the command line. If it refuses them, throws UsageError in place of TypeError. */
export async function askedFor<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${error.message}.`)
    throw error
  }
}
