import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** One contestant's server in a process of its own. */
export class ServerProcess {
  readonly origin: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, origin: string) {
    this.#child = child
    this.origin = origin
  }

  /** `file` is one of servers/; `execArgv` is for Node. Rejects when the process ends before it listens. */
  static async start(
    file: string,
    parameters: readonly string[],
    execArgv: readonly string[] = [],
  ): Promise<ServerProcess> {
    const child = fork(new URL(`../servers/${file}.js`, import.meta.url), parameters, {
      execArgv: [...execArgv],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const origin = await Promise.race([
      once(child, 'message').then(([origin]) => String(origin)),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`${file} ended with ${code} before it listened`))),
    ])
    return new ServerProcess(child, origin)
  }

  /** Microseconds of CPU that the process has used since it started. */
  async cpu(): Promise<number> {
    return Number(await this.ask('cpu'))
  }

  /** Sends a question and waits for its answer; one at a time. */
  async ask(question: unknown): Promise<unknown> {
    this.#child.send(question as string)
    const [answer] = await once(this.#child, 'message')
    return answer
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }
}
