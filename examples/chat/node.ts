import { type Container, createContainer, type Duration, type Logger, type Server } from 'koa-scopes'
import { type Socket, webSockets } from 'koa-scopes/ws'
import { chatApplication } from './application.js'
import type { Line, Room } from './room.js'

export interface NodeOptions {
  readonly name: string
  /** 0: any free port. */
  readonly port: number
  /** The folder of the sessions, which all nodes share. */
  readonly folder: string
  readonly room: Room
  /** The address of the other node. */
  readonly peer: () => string
  readonly timeout: Duration
  readonly logger?: Logger
}

export interface ChatNode {
  readonly container: Container
  readonly server: Server
}

const longestLine = 500

/** A node of the chat: its page, and a socket for each visitor who is logged in. */
export async function startNode({ folder, logger, name, peer, port, room, timeout }: NodeOptions): Promise<ChatNode> {
  const chat = chatApplication(name, peer)
  const container = await createContainer(
    {
      server: { host: '127.0.0.1', port },
      caches: { sessions: { driver: 'lmdb', path: folder, storage: true } },
      applications: { chat: { session: { storage: 'sessions', cluster: true, timeout } } },
    },
    { applications: { chat }, ...(logger && { logger }) },
  )
  const present = new Set<Socket>()
  const send = (socket: Socket, message: object) => socket.send(JSON.stringify(message))
  const tellAll = (line: Line) => {
    for (const socket of present) send(socket, { line })
  }
  room.on('line', tellAll)

  const sockets = await webSockets(container, chat, {
    path: '/chat',
    open(ctx) {
      if (ctx.scopes.session.principal === null) ctx.throw(401, 'Log in first.')
    },
    onOpen({ socket }) {
      present.add(socket)
      for (const line of room.lines) send(socket, { line })
    },
    onMessage({ message, session, socket }) {
      session.lines = (session.lines ?? 0) + 1
      room.say({ from: session.name ?? '', text: String(message).slice(0, longestLine), node: name, at: Date.now() })
      send(socket, { count: session.lines })
    },
    onClose({ socket }) {
      present.delete(socket)
    },
  })
  const server = await container.listen()
  sockets.attach(server)
  return { container, server }
}
