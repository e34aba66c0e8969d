import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redisCli, startRedis } from '../../support/redis-server.js'

/** To its file, which outlives it though not a crash of the machine. The default, everysec, may write two seconds later. */
const writesBeforeItAnswers = { appendonly: 'yes', appendfsync: 'no' }

/** A Redis that dies and comes back at the same address, with all that it had acknowledged. */
export class MortalRedis {
  readonly port: number
  readonly #folder: string
  /** Where it writes. */
  readonly #data: string
  #child: ChildProcess | undefined

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
    this.#data = join(folder, 'appendonlydir')
  }

  /** Its address is free until it begins. */
  static async unborn(): Promise<MortalRedis> {
    const { port, stop } = await startRedis()
    await stop()
    return new MortalRedis(port, await mkdtemp(join(tmpdir(), 'koa-scopes-redis-')))
  }

  /** Begins, again too; resolves when it answers. */
  async start(): Promise<void> {
    const settings = { port: `${this.port}`, bind: '127.0.0.1', dir: this.#folder, save: '', ...writesBeforeItAnswers }
    const parameters = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    const child = spawn('redis-server', parameters, { stdio: 'ignore' })
    this.#child = child
    while ((await redisCli(this.port, 'ping').catch(() => '')) !== 'PONG') {
      if (child.exitCode !== null) throw new Error('redis-server did not start')
    }
  }

  async kill(): Promise<void> {
    if (!this.#child) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
    this.#child = undefined
  }

  /** It neither answers nor ends its connections. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Dies, and begins again with nothing. */
  async forget(): Promise<void> {
    await this.kill()
    await rm(this.#data, { recursive: true })
    await this.start()
  }

  /** Remembers what it holds now; the function returned makes it begin again with that. */
  async remember(): Promise<() => Promise<void>> {
    const copy = `${this.#data}-copy`
    await cp(this.#data, copy, { recursive: true })
    return async () => {
      await this.kill()
      await rm(this.#data, { recursive: true })
      await cp(copy, this.#data, { recursive: true })
      await this.start()
    }
  }

  async remove(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true })
  }
}
