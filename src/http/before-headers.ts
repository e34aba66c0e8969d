import type { ServerResponse } from 'node:http'

const hook = Symbol('before headers')

interface Hook {
  readonly run: () => void
  readonly writeHead: ServerResponse['writeHead']
}

type Hooked = ServerResponse & { [hook]?: Hook }

/**
 * Calls `run` before the headers leave, also if a handler sends them itself. If `run` throws, they do not leave, and it is
 * called again at the next attempt.
 */
export function beforeHeaders(response: Hooked, run: () => void): void {
  response[hook] = { run, writeHead: response.writeHead }
  response.writeHead = writeHead as ServerResponse['writeHead']
}

/** One function for all responses: with one for each, the garbage collector took twice as long per request. */
function writeHead(this: Hooked, ...args: Parameters<ServerResponse['writeHead']>): ServerResponse {
  const { run, writeHead } = this[hook] as Hook
  run()
  this.writeHead = writeHead
  return writeHead.apply(this, args)
}
