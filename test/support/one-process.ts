import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A port of loopback that nothing else of this project uses. Its owner is the process whose turn it is; if that dies, the system frees it. */
const port = 47_633
/** Another program may own the port: then the task runs all the same. */
const longestWaitMs = 120_000

/** Runs the task when no other process of this machine runs one. */
export async function oneProcessAtATime<T>(task: () => Promise<T>): Promise<T> {
  const givesUpAt = performance.now() + longestWaitMs
  while (performance.now() < givesUpAt) {
    const turn = await takeTurn()
    if (turn) return task().finally(turn)
    await turnOver(givesUpAt - performance.now())
  }
  return task()
}

/** Returns the function that ends the turn; undefined if another process has it. */
async function takeTurn(): Promise<(() => void) | undefined> {
  const waiting = new Set<Socket>()
  const server = createServer((socket) => waiting.add(socket.on('error', () => {})))
  if (!(await isListening(server))) return undefined
  return () => {
    server.close()
    for (const socket of waiting) socket.destroy()
  }
}

function isListening(server: Server): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
}

/** The owner keeps the connection until its turn is over. */
async function turnOver(longestMs: number): Promise<void> {
  const socket = connect(port, '127.0.0.1').setTimeout(longestMs, () => socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'close')
}
