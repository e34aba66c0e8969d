import type { ServerResponse } from 'node:http'

/** Runs `run` when the headers are about to leave, whoever sends them. When it throws, they do not leave, and it runs again at the next attempt. */
export function beforeHeaders(response: ServerResponse, run: () => void): void {
  const { writeHead } = response
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    run()
    response.writeHead = writeHead
    return writeHead.apply(response, args)
  }) as typeof writeHead
}
