import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { pathWithin } from './mount.js'

/** Whether this node should get requests. An unavailable store does not count: it is the same for all nodes. */
export interface Readiness {
  /** `closing`: the container was told to close. */
  readonly status: 'ready' | 'closing'
  /** How many caches can be reached and how many cannot, as their last calls have shown. */
  readonly caches: { readonly up: number; readonly down: number }
}

/** Answers a request for its path; false if the request is for another one. */
export type HealthEndpoint = (request: IncomingMessage, response: ServerResponse) => boolean

const everywhere = { mount: '/' }

/**
 * Answers `GET` and `HEAD` for three paths, on any host: `<path>/live` with 200 as long as this process answers at all,
 * `<path>/ready` with 200, or 503 while the container closes, and the path itself as the latter, with the number of caches.
 * Nothing is asked of a store, so that any number of these requests costs little.
 */
export function healthEndpoint(path: string, readiness: () => Readiness): HealthEndpoint {
  const answers = new Map<string | undefined, () => object>([
    [path, readiness],
    [`${path}/live`, () => ({ status: 'live' })],
    [`${path}/ready`, () => ({ status: readiness().status })],
  ])
  return (request, response) => {
    const answer = answers.get(pathWithin(everywhere, request, false))
    if (answer) answerWith(request, response, answer())
    return answer !== undefined
  }
}

/** A listener that answers for this path itself, and gives everything else to another one. */
export function withHealth(
  path: string | undefined,
  readiness: () => Readiness,
  listener: RequestListener,
): RequestListener {
  if (path === undefined) return listener
  const answers = healthEndpoint(path, readiness)
  return (request, response) => void (answers(request, response) || listener(request, response))
}

function answerWith({ method }: IncomingMessage, response: ServerResponse, state: object): void {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end()
    return
  }
  const body = `${JSON.stringify(state)}\n`
  const isClosing = 'status' in state && state.status === 'closing'
  response.writeHead(isClosing ? 503 : 200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  })
  response.end(method === 'HEAD' ? undefined : body)
}
