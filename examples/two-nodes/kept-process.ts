import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** We read what it prints, and the terminal gets its errors. */
type Child = ChildProcessByStdio<null, Readable, null>

export interface Program {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** What its output says when it can be used. */
  readonly ready: RegExp
  /** What to print of a line of its output; undefined: nothing. Default: nothing of any. */
  readonly printed?: (line: string) => string | undefined
}

/** A process that is started again whenever somebody has killed it. */
export class KeptProcess {
  readonly #program: Program
  readonly #pauseMs: number
  #child: Child | undefined
  #restart: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(program: Program, pauseMs: number) {
    this.#program = program
    this.#pauseMs = pauseMs
  }

  /**
   * Resolves when it can be used. Rejects when it ends before that. It gets a process group of its own: Ctrl-C is for the
   * example, which stops its processes in order.
   */
  async start(): Promise<void> {
    const { args, command, env, name } = this.#program
    const child = spawn(command, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${name} ended before it was ready`)
    })
    await Promise.race([this.#ready(child), ended])
    ended.catch(() => this.#startAgain())
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Asks it to end, and waits for that. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    const child = this.#child
    if (child?.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    child.kill('SIGCONT') // or one that somebody has halted would never hear of it
    await once(child, 'exit')
  }

  /** Reads on afterwards, so that the process can go on writing. */
  #ready(child: Child): Promise<void> {
    const { printed, ready } = this.#program
    return new Promise((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        if (ready.test(line)) resolve()
        const text = printed?.(line)
        if (text !== undefined) this.#say(text)
      })
    })
  }

  #startAgain(): void {
    if (this.#isStopping) return
    this.#say(`process ${this.pid} is gone; started again in ${this.#pauseMs / 1000} s`)
    this.#restart = setTimeout(async () => {
      try {
        await this.start()
        this.#say(`is back as process ${this.pid}`)
      } catch {
        this.#startAgain()
      }
    }, this.#pauseMs)
  }

  #say(text: string): void {
    console.log(`${this.#program.name}: ${text}`)
  }
}
