/*
 * A chat on two nodes, whose sockets are bound to the sessions of their visitors. Run: npm run example:chat
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asDuration } from 'koa-scopes'
import { type ChatNode, startNode } from './node.js'
import { Room } from './room.js'

const { PORT = '8080', TIMEOUT = '5m' } = process.env
const room = new Room()
const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-chat-'))
const nodes: ChatNode[] = []

/** Node b listens on the port after that of node a. */
for (const [index, name] of ['a', 'b'].entries()) {
  const port = PORT === '0' ? 0 : Number(PORT) + index
  const peer = () => nodes[1 - index]?.server.url ?? ''
  nodes.push(await startNode({ name, port, folder, room, peer, timeout: asDuration(TIMEOUT) }))
}

const [a, b] = nodes.map(({ server }) => server.url)
console.log(`
Open ${a} and ${b}

Log in on one of them: you are logged in on the other too. Log out in one tab, and the socket of the other closes within a
second. Say nothing for ${TIMEOUT}, and your session ends. Ctrl-C ends the example.
`)

await new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve)
})
await Promise.all(nodes.map(({ container }) => container.close()))
await rm(folder, { recursive: true })
