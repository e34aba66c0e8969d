import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'

const hook = Symbol('before headers')

interface Hook {
  readonly run: () => void
  readonly writeHead: ServerResponse['writeHead']
}

type Hooked = ServerResponse & { [hook]?: Hook }
type Given = OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined

/**
 * Calls `run` before the headers leave, also if a handler sends them itself; `run` sees headers that were given to writeHead,
 * too. If it throws, they do not leave, and it is called again at the next attempt.
 */
export function beforeHeaders(response: Hooked, run: () => void): void {
  response[hook] = { run, writeHead: response.writeHead }
  response.writeHead = writeHead as ServerResponse['writeHead']
}

/** One function for all responses: with one for each, the garbage collector took twice as long per request. */
function writeHead(this: Hooked, status: number, ...rest: readonly unknown[]): ServerResponse {
  const { run, writeHead } = this[hook] as Hook
  const [reason, headers] = rest
  const given = (typeof reason === 'string' ? headers : (headers ?? reason)) as Given
  // Given to the original writeHead they would replace headers that `run` has set.
  for (const [name, value] of pairsOf(given)) this.setHeader(name, value)
  run()
  this.writeHead = writeHead
  return typeof reason === 'string' ? this.writeHead(status, reason) : this.writeHead(status)
}

/** As writeHead takes them: an object, pairs, or names and values in turn. A name that comes again adds to its values. */
function pairsOf(given: Given): Iterable<readonly [name: string, value: OutgoingHttpHeader]> {
  if (!given) return []
  if (!Array.isArray(given))
    return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  const flat = given.flatMap((item) =>
    Array.isArray(item) ? [item[0] as string, item[1] as OutgoingHttpHeader] : [item],
  )
  const headers = new Map<string, OutgoingHttpHeader>()
  for (let n = 0; n + 1 < flat.length; n += 2) {
    const name = String(flat[n]).toLowerCase()
    const value = flat[n + 1] as OutgoingHttpHeader
    const present = headers.get(name)
    headers.set(name, present === undefined ? value : [present, value].flat().map(String))
  }
  return headers
}
