import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../../../examples/two-nodes/free-port.js'
import type { StoreServer } from '../topology.js'

type Settings = Readonly<Record<string, string>>

/** A Redis that may be killed and started again, with its port and its folder. */
export class RedisProcess implements StoreServer {
  readonly port: number
  readonly #folder: string
  readonly #settings: Settings
  #child: ChildProcess | undefined

  private constructor(port: number, folder: string, settings: Settings) {
    this.port = port
    this.#folder = folder
    this.#settings = settings
  }

  static async start(settings: Settings): Promise<RedisProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-faults-'))
    const redis = new RedisProcess(await freePort(), folder, settings)
    await redis.start()
    return redis
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const all = { bind: '127.0.0.1', save: '', port: `${this.port}`, dir: this.#folder, ...this.#settings }
    const parameters = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
    const child = spawn('redis-server', parameters, { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#child = child
    const lines = createInterface(child.stdout)
    const exit = once(child, 'exit').then(() => {
      throw new Error(`redis-server on port ${this.port} ended before it was ready`)
    })
    exit.catch(() => {})
    await Promise.race([exit, new Promise<void>((resolve) => lines.on('line', (it) => isReady(it) && resolve()))])
  }

  async pause(): Promise<void> {
    this.#child?.kill('SIGSTOP')
  }

  async resume(): Promise<void> {
    this.#child?.kill('SIGCONT')
  }

  /** With SIGKILL. */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true })
  }
}

const isReady = (line: string): boolean => line.includes('Ready to accept connections')
