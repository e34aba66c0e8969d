import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { endedWithProcess } from './ended-with-process.js'
import { inContainer } from './in-container.js'
import { foundProgram, installedProgram, type ServerProgram } from './installed-program.js'

const run = promisify(execFile)

const redisServer: ServerProgram = {
  names: ['redis-server'],
  package: 'redis-server',
  remedy: 'These tests need a Redis: put redis-server on the PATH, or set REDIS_URL to one they may write to.',
}

/** A Redis that a test has to itself. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

type AnyRedis = Pick<RedisServer, 'url' | 'stop'>

/** The server that REDIS_URL names, which others may use too, or one of the test's own: a process, else a container. */
export async function anyRedis(): Promise<AnyRedis> {
  const url = process.env.REDIS_URL
  if (url) return { url, stop: async () => {} }
  return (await foundProgram(redisServer)) ? startRedis() : ((await redisInDocker()) ?? startRedis())
}

/** undefined where no container engine answers. */
async function redisInDocker(): Promise<AnyRedis | undefined> {
  const server = await inContainer('redis:7-alpine', 6379)
  return server && { url: `redis://${server.address}`, stop: server.stop }
}

/** A new, empty server on loopback with a folder of its own; `settings` as on the command line, without the dashes. */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const port = Number(settings.port ?? (await ('cluster-enabled' in settings ? freeClusterPort() : freePort())))
  const all = { bind: '127.0.0.1', save: '', appendonly: 'no', ...settings, port: `${port}` }
  return start(port, (dir) => Object.entries({ dir, ...all }).flatMap(([name, value]) => [`--${name}`, value]))
}

/** A sentinel that watches a server, which it calls `shop`. */
export async function startSentinel(master: Pick<RedisServer, 'port'>): Promise<RedisServer> {
  const port = await freePort()
  return start(port, (folder) => {
    const file = join(folder, 'sentinel.conf')
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor shop 127.0.0.1 ${master.port} 1`,
    ]
    writeFileSync(file, lines.join('\n'))
    return [file, '--sentinel']
  })
}

async function start(port: number, parametersIn: (folder: string) => readonly string[]): Promise<RedisServer> {
  const program = await installedProgram(redisServer)
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-redis-'))
  const child = spawn(program, parametersIn(folder), { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(endedWithProcess(child), 'exit')
  await ready(child)
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true })
  }
  return { port, url: `redis://127.0.0.1:${port}`, pid: child.pid ?? 0, stop }
}

/** Three masters that share out all slots. */
export async function startRedisCluster(): Promise<{ readonly nodes: readonly string[]; stop(): Promise<void> }> {
  const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000' }
  const servers: RedisServer[] = []
  while (servers.length < 3) servers.push(await startRedis(settings))
  const nodes = servers.map(({ port }) => `127.0.0.1:${port}`)
  await run('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes'])
  for (const { port } of servers) await clusterReady(port)
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()))
  }
  return { nodes, stop }
}

/** Nodes of a cluster listen 10,000 ports higher too, which from here on is above what systems give away by themselves. */
async function freeClusterPort(): Promise<number> {
  for (;;) {
    const port = 51_000 + Math.floor(Math.random() * 4_000)
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.once('listening', () => server.close(() => resolve(true)))
  })
}

/** Sends one command with redis-cli and returns what it prints. */
export async function redisCli(port: number, ...command: readonly string[]): Promise<string> {
  return (await run('redis-cli', ['-e', '-p', `${port}`, ...command])).stdout.trimEnd()
}

async function clusterReady(port: number): Promise<void> {
  while (!(await redisCli(port, 'cluster', 'info')).includes('cluster_state:ok')) {
    // redis-cli itself takes a few milliseconds, which is pause enough.
  }
}

/** Reads on afterwards, so that the server can go on writing. */
function ready(child: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (/Ready to accept connections|\+monitor master/.test(text)) resolve()
    })
    child.once('exit', () => reject(new Error(`redis-server did not start:\n${text}`)))
  })
}
