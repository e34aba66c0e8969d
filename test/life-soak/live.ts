import { PassThrough } from 'node:stream'
import type { Container } from '../../src/container/container.js'
import { ScopesError } from '../../src/errors/scopes-error.js'
import type { ScopedApplication } from '../../src/koa/application.js'
import { webSockets } from '../../src/ws.js'
import type { OpenScopes, Page } from '../support/shop.js'
import { visitLive } from './pages.js'

/*
 * The ways in that outlive their request, as the soak uses them: a web socket of one message, answered when its change is
 * stored, and a stream of one event.
 */

export const socketPath = '/socket'
/** Its page reads through a connection that is bound to the session of its request. */
export const streamPath = '/stream'

export async function serveSockets(container: Container): Promise<void> {
  const sockets = await webSockets<OpenScopes>(container, 'shop', {
    path: socketPath,
    async onMessage({ message, scopes, session, socket }) {
      const { deed, query } = JSON.parse(String(message))
      const result = await visitLive({ scopes, session }, deed, query)
      await scopes.session.commit()
      socket.send(JSON.stringify({ status: 200, ...result }))
    },
    onError(error, { socket }) {
      const { code, status } = error instanceof ScopesError ? error : { code: String(error), status: 500 }
      socket.send(JSON.stringify({ status, code }))
    },
  })
  sockets.attach(await container.listen())
}

export const streamPage =
  (application: () => ScopedApplication<OpenScopes>): Page =>
  async (ctx) => {
    const connection = await application().connect(ctx.req)
    const result = await connection.run((members) => visitLive(members, 'read', {}))
    const stream = new PassThrough()
    ctx.type = 'text/event-stream'
    ctx.body = stream
    stream.end(`data: ${JSON.stringify(result)}\n\n`)
    connection.close()
  }
