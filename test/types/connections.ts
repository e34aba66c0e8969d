import type { IncomingMessage } from 'node:http'
import type { Connection, Container, ScopeHandle } from 'koa-scopes'
import { type Socket, webSockets } from 'koa-scopes/ws'
import { exactly } from './exactly.js'
import { type Scopes, shop } from './shop.js'

declare const container: Container
declare const request: IncomingMessage

const connection = await container.connect(shop, request, {
  origins: ['https://app.example.com'],
  open(ctx) {
    exactly<string[] | undefined>()(ctx.session.cart)
    exactly<ScopeHandle<Scopes['session']>>()(ctx.scopes.session)
    ctx.throw(401)
  },
})
exactly<Connection<Scopes>>()(connection)
exactly<string | undefined>()(connection.sessionId)
exactly<string | null>()(connection.principal)

const size = connection.run(({ application, client, scopes, session }) => {
  exactly<Date>()(application.startedAt)
  exactly<number | undefined>()(client.visits)
  exactly<ScopeHandle<Scopes['session']>>()(scopes.session)
  exactly<string | undefined>()(session.sessionid)
  session.cart ??= []
  // @ts-expect-error: a misspelt attribute
  session.carts = []
  // @ts-expect-error: the session itself cannot be assigned
  scopes.session = undefined
  return session.cart.length
})
exactly<Promise<number>>()(size)
connection.onEnd((reason) => exactly<'ended' | 'shutdown'>()(reason))
// @ts-expect-error: there is no such option
container.connect(shop, request, { origin: 'https://app.example.com' })

const bySession = container.application(shop).connect(request)
exactly<Promise<Connection<Scopes>>>()(bySession)

webSockets(container, shop, {
  path: '/chat',
  onOpen({ session, socket }) {
    exactly<Socket>()(socket)
    socket.send(String(session.cart))
  },
  onMessage({ client, connection: own, message, scopes }) {
    exactly<string | Buffer>()(message)
    exactly<Connection<Scopes>>()(own)
    exactly<ScopeHandle<Scopes['client']>>()(scopes.client)
    exactly<number | undefined>()(client.visits)
  },
  onClose({ code, ...rest }) {
    exactly<number>()(code)
    // @ts-expect-error: after the close there is no run, so there are no scopes
    rest.session
  },
})
