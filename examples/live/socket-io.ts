import { type ApplicationRef, type Connection, type Container, isScopesError } from 'koa-scopes'
import { Server } from 'socket.io'

export interface Scopes {
  session: { name?: string; said?: string[] }
}

/**
 * Socket.IO on the sessions of an application: each socket is bound to the session of its visitor, `say` is a run, and the
 * end of the session disconnects. Attach it to a server of Node's.
 */
export function socketIo(container: Container, shop: ApplicationRef<Scopes>): Server {
  const io = new Server({ serveClient: false })
  io.use(async (socket, next) => {
    try {
      socket.data.connection = await container.connect(shop, socket.request)
      next()
    } catch (error) {
      next(error instanceof Error ? error : new Error(String(error)))
    }
  })
  io.on('connection', (socket) => {
    const connection: Connection<Scopes> = socket.data.connection
    connection.onEnd(() => socket.disconnect(true))
    socket.on('disconnect', () => connection.close())
    // Socket.IO checks no arguments, and nothing catches what a listener rejects with: it would end the process
    socket.on('say', async (text: unknown, answer: unknown) => {
      if (typeof text !== 'string' || typeof answer !== 'function') return
      try {
        answer(await connection.run((members) => say(members, text)))
      } catch (error) {
        const isExpected = isScopesError(error) && error.status < 500
        if (!isExpected) console.error(error)
        answer({ error: isExpected ? error.code : 'try again later' }) // a visitor without a session: CONNECTION_WITHOUT_RECORD
      }
    })
  })
  return io
}

function say({ session }: { readonly session: Scopes['session'] }, text: string): readonly string[] {
  session.said = [...(session.said ?? []), text]
  return session.said
}
