import { connect, createServer, type Server, type Socket } from 'node:net'

/** A port of loopback that nothing else of this project uses. Its owner is the process whose turn it is; if that dies, the system frees it. */
const defaultPort = 47_633
/** Another program may own the port: then the task runs all the same. */
const longestWaitMs = 120_000

/** Runs the task when no other process of this machine runs one. */
export async function oneProcessAtATime<T>(task: () => Promise<T>, port = defaultPort): Promise<T> {
  const givesUpAt = performance.now() + longestWaitMs
  while (performance.now() < givesUpAt) {
    const turn = await takeTurn(port)
    if (turn) return task().finally(turn)
    await turnOver(port, givesUpAt - performance.now())
  }
  return task()
}

/** Returns the function that ends the turn; undefined if another process has it. */
async function takeTurn(port: number): Promise<(() => void) | undefined> {
  const waiting = new Set<Socket>()
  const server = createServer((socket) => waiting.add(socket.on('error', () => {})))
  if (!(await isListening(server, port))) return undefined
  return () => {
    server.close()
    for (const socket of waiting) socket.destroy()
  }
}

function isListening(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
}

/** The owner keeps the connection until its turn is over. That it cannot be made, or breaks, says the same. */
function turnOver(port: number, longestMs: number): Promise<void> {
  const socket = connect(port, '127.0.0.1').setTimeout(longestMs, () => socket.destroy())
  return new Promise((resolve) => socket.on('error', () => {}).on('close', () => resolve()))
}
