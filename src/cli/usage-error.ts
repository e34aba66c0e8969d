/** A command was called with what it does not take. Only its message is printed, and the exit code is 2. */
export class UsageError extends Error {}
