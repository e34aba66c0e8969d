import { once } from 'node:events'
import type { Answer } from '../support/visitor.js'
import { TestSocket } from '../support/web-socket.js'
import { socketPath } from './live.js'

/** What a visit notes whose socket was closed because its session ended. */
export const endedByClose = 'ENDED'

/** Sends one message over a web socket that is opened for it. Rejects if the node dies. */
export async function bySocket(url: string, message: object, headers: Record<string, string>): Promise<Answer> {
  const opened = await TestSocket.open(`${url}${socketPath}`, undefined, { headers })
  const { refused, socket } = opened
  if (refused) return answer(refused.status, refused.status === 409 ? { code: 'SCOPE_SUPERSEDED' } : {})
  const answered = once(socket, 'message').then(([data]) => String(data))
  answered.catch(() => {}) // the socket failed: it closes too
  opened.send(JSON.stringify(message))
  const outcome = await Promise.race([answered, opened.closed])
  opened.close()
  if (typeof outcome === 'string') return answer(JSON.parse(outcome).status, JSON.parse(outcome))
  if (outcome === 1008) return answer(0, { code: endedByClose })
  throw new Error(`The socket was closed with ${outcome}`)
}

function answer(status: number, body: object): Answer {
  return { status, headers: new Headers(), setCookie: [], text: JSON.stringify(body), json: () => body }
}
