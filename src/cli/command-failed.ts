/** A command was understood and could not do what it was asked. Only its message is printed, and the exit code is 1. */
export class CommandFailed extends Error {}
