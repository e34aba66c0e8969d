import type { ApplicationRef, Connection, Container } from 'koa-scopes'
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
    socket.on('say', async (text: string, answer: (said: readonly string[]) => void) => {
      const said = await connection.run(({ session }) => {
        session.said = [...(session.said ?? []), text]
        return session.said
      })
      answer(said)
    })
  })
  return io
}
