import type { IncomingMessage } from 'node:http'

/** The codes of Node's parser, of system calls, of TLS, and of a request that took too long. */
const codesOfConnections = /^(?:HPE_\w+|E[A-Z\d]+|ERR_SSL_\w+|ERR_HTTP_REQUEST_TIMEOUT)$/

/**
 * Whether an error only says that the connection of this request broke, as its client can make it do at any time: it left, or sent something that
 * is not HTTP. The same error of another connection, such as one to a database, is not meant.
 */
export function isBrokenOff(error: unknown, { errored, socket }: IncomingMessage): boolean {
  if (!(error instanceof Error) || (error !== errored && error !== socket.errored)) return false
  return 'code' in error && codesOfConnections.test(String(error.code))
}
