import type { ServerResponse } from 'node:http'

const hook = Symbol('before headers')

interface Hook {
  readonly run: () => void
  readonly writeHead: ServerResponse['writeHead']
}

type Hooked = ServerResponse & { [hook]?: Hook }

/**
 * Runs `run` when the headers are about to leave, whoever sends them. When it throws, they do not leave, and it runs again
 * at the next attempt.
 */
export function beforeHeaders(response: Hooked, run: () => void): void {
  response[hook] = { run, writeHead: response.writeHead }
  response.writeHead = writeHead as ServerResponse['writeHead']
}

/** One for all responses: with a function for each, the garbage collector took twice as long over a request. */
function writeHead(this: Hooked, ...args: Parameters<ServerResponse['writeHead']>): ServerResponse {
  const { run, writeHead } = this[hook] as Hook
  run()
  this.writeHead = writeHead
  return writeHead.apply(this, args)
}
