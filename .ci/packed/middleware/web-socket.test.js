import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import Koa from 'koa'
import websockify from 'koa-websocket'
import { WebSocket } from 'ws'
import { serveOwnApp } from './site.js'

/** An app whose sockets work on the session of their visitor, as docs/middleware.md has it. */
async function chat(t) {
  const app = websockify(new Koa())
  const own = await serveOwnApp(t, app)
  const { container } = own
  app.use(container.scopes('shop'))
  app.use(async (ctx) => {
    if (ctx.path === '/login') await ctx.scopes.session.login('anna')
    if (ctx.path === '/logout') await ctx.scopes.session.invalidate()
    ctx.body = ctx.session.said ?? []
  })
  app.ws.use(async (ctx) => {
    const socket = ctx.websocket
    try {
      const connection = await container.connect('shop', ctx.req)
      connection.onEnd(() => socket.close(1008))
      socket.on('close', () => connection.close())
      socket.on('message', (message) => {
        void connection.run(({ session }) => {
          session.said = [...(session.said ?? []), String(message)]
          socket.send(`${connection.principal}: ${session.said.length}`)
        })
      })
      socket.send('ready')
    } catch (error) {
      socket.close(1008, error.code)
    }
  })
  return { ...own, ...(await own.listen()) }
}

const socketOf = (url, headers) => new WebSocket(url.replace('http', 'ws'), { headers })
const cookieOf = (anna) =>
  Object.entries(anna.cookies)
    .map((pair) => pair.join('='))
    .join('; ')

test('koa-websocket: a socket works on the session that its visitor has, and closes when it ends', async (t) => {
  const { url, visit } = await chat(t)
  const anna = visit()
  await anna.get('/login')
  const socket = socketOf(url, { cookie: cookieOf(anna), origin: url })
  await once(socket, 'message')
  socket.send('hello')
  const [answer] = await once(socket, 'message')
  assert.equal(String(answer), 'anna: 1')
  assert.deepEqual(await (await anna.get()).json(), ['hello'])
  const closed = once(socket, 'close')
  await anna.get('/logout')
  assert.equal((await closed)[0], 1008)
})

test('koa-websocket: a page of another site gets no session', async (t) => {
  const { url, visit } = await chat(t)
  const anna = visit()
  await anna.get('/login')
  const socket = socketOf(url, { cookie: cookieOf(anna), origin: 'https://evil.example' })
  const [code, reason] = await once(socket, 'close')
  assert.deepEqual([code, String(reason)], [1008, 'ORIGIN_REFUSED'])
})

test('koa-websocket: its middleware has no ctx.session, and says so', async (t) => {
  const app = websockify(new Koa())
  const own = await serveOwnApp(t, app)
  app.use(own.container.scopes('shop'))
  let failure
  app.ws.use((ctx) => {
    try {
      ctx.session.said = []
    } catch (error) {
      failure = error
    }
    ctx.websocket.close()
  })
  const { url } = await own.listen()
  await once(socketOf(url, {}), 'close')
  assert.equal(failure?.code, 'SCOPE_NOT_OPEN')
})
