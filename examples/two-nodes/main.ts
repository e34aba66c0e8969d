/*
 * Two nodes of one application, a Redis they share, and a front that gives each request to the next of them.
 * Run: npm run example:two-nodes
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.js'
import { Front, type NodeAddress } from './front.js'
import { KeptProcess, type Program } from './kept-process.js'
import { shortLine } from './log-line.js'

const { PORT = '8080', REDIS_URL, RESTART_AFTER_MS = '5000' } = process.env
const pauseMs = Number(RESTART_AFTER_MS)

/** The nodes run from here, where tsx and the configuration of TypeScript are. */
process.chdir(fileURLToPath(new URL('../..', import.meta.url)))

/** How to take back what was begun, in the order it was begun. */
const undo: (() => Promise<unknown>)[] = []

/** Later signals change nothing: it is being stopped already. */
const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve)
})

try {
  const redisUrl = REDIS_URL || (await startRedis())
  const nodes = await Promise.all((await nodeAddresses()).map((address) => startNode(address, redisUrl)))
  const front = await Front.listen(Number(PORT), nodes)
  undo.push(() => front.close())
  console.log(`
Open ${front.url}

Kill a node or Redis (kill -9 with one of the pids) and reload the page. What was killed is started again after
${pauseMs / 1000} seconds. Ctrl-C ends everything.
`)
  await interrupted
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  for (const step of undo.reverse()) await step()
}

/** Writes down every change, so that killing it loses nothing. */
async function startRedis(): Promise<string> {
  if (spawnSync('redis-server', ['--version']).error)
    throw new Error(
      'There is no redis-server on the PATH: install one (Debian: apt-get install redis-server, macOS: brew install redis), or set REDIS_URL to a Redis that is running.',
    )
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-two-nodes-'))
  undo.push(() => rm(folder, { recursive: true }))
  const port = await freePort()
  const settings = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', save: '' }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`])
  const redis = await keep({ name: 'Redis', command: 'redis-server', args, ready: /Ready to accept connections/ })
  const url = `redis://127.0.0.1:${port}`
  console.log(`Redis   pid ${redis.pid}  ${url}`)
  return url
}

async function startNode(address: NodeAddress, redisUrl: string): Promise<NodeAddress> {
  const node = await keep({
    name: `Node ${address.name}`,
    command: process.execPath,
    args: ['--import', 'tsx', 'src/cli/main.ts', 'start', 'examples/two-nodes/app.config.yaml'],
    env: { NODE_NAME: address.name, PORT: `${address.port}`, REDIS_URL: redisUrl },
    ready: /^koa-scopes serves/,
    printed: shortLine,
  })
  console.log(`Node ${address.name}  pid ${node.pid}  http://127.0.0.1:${address.port}`)
  return address
}

async function keep(program: Program): Promise<KeptProcess> {
  const kept = new KeptProcess(program, pauseMs)
  undo.push(() => kept.stop())
  await kept.start()
  return kept
}

/** Beside the port of the front, where nginx.conf looks for them, unless that is any free one. */
async function nodeAddresses(): Promise<NodeAddress[]> {
  const ports = PORT === '0' ? [await freePort(), await freePort()] : [Number(PORT) + 1, Number(PORT) + 2]
  return ports.map((port, n) => ({ name: 'ab'.charAt(n), port }))
}
