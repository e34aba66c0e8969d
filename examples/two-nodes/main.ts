/*
 * Two nodes of one application, one Redis for both, and a load balancer that sends each request to the next node.
 * Run: npm run example:two-nodes
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.js'
import { KeptProcess, type Program } from './kept-process.js'
import { LoadBalancer, type NodeAddress } from './load-balancer.js'
import { shortLine } from './log-line.js'

const { PORT = '8080', REDIS_URL, RESTART_AFTER_MS = '5000' } = process.env
const pauseMs = Number(RESTART_AFTER_MS)

/** The nodes run from the root, where tsx and tsconfig.json are. */
process.chdir(fileURLToPath(new URL('../..', import.meta.url)))

/** Steps that undo the start, in the order of the start. */
const undo: (() => Promise<unknown>)[] = []

/** Resolves at the first signal. Later ones have no effect, since the example is stopping already. */
const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve)
})

try {
  const redisUrl = REDIS_URL || (await startRedis())
  const nodes = await Promise.all((await nodeAddresses()).map((address) => startNode(address, redisUrl)))
  const loadBalancer = await LoadBalancer.listen(Number(PORT), nodes)
  undo.push(() => loadBalancer.close())
  console.log(`
Open ${loadBalancer.url}

Kill a node or Redis (kill -9 with one of the pids) and reload the page. A killed process is started again after
${pauseMs / 1000} seconds. Ctrl-C ends everything.
`)
  await interrupted
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  for (const step of undo.reverse()) await step()
}

/** This Redis writes every change to its append-only file, so that killing it loses nothing. */
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

/** The two ports after the load balancer's, as in nginx.conf; with PORT=0 any two free ports. */
async function nodeAddresses(): Promise<NodeAddress[]> {
  const ports = PORT === '0' ? [await freePort(), await freePort()] : [Number(PORT) + 1, Number(PORT) + 2]
  return ports.map((port, n) => ({ name: 'ab'.charAt(n), port }))
}
