/** A promise where none is taken is refused, and its own error with it: nobody handles that, which would end the process. */
export function disown(given: unknown): void {
  if (given instanceof Promise) given.catch(() => {})
}
