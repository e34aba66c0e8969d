import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Its output is read here; its errors go to the terminal. */
type Child = ChildProcessByStdio<null, Readable, null>

export interface Program {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Matches the line that it prints when it is ready. */
  readonly ready: RegExp
  /** The text to print for a line of its output; undefined prints nothing. Default: no line is printed. */
  readonly printed?: (line: string) => string | undefined
}

/** A process that is started again each time it is killed. */
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
   * Resolves when it is ready. Rejects if it ends before that. It gets its own process group, so that Ctrl-C reaches only
   * the example, which stops its processes in order.
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

  /** Asks the process to end, and waits until it has. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    const child = this.#child
    if (child?.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    child.kill('SIGCONT') // a halted process would not receive the SIGTERM
    await once(child, 'exit')
  }

  /** Keeps reading afterwards, so that the process can keep writing. */
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
