import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** The server of one contestant, in its own process. */
export class ServerProcess {
  readonly origin: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, origin: string) {
    this.#child = child
    this.origin = origin
  }

  /** `file` is one of servers/; `execArgv` is for Node. Rejects if the process ends before it listens. */
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

  /** Sends a question and waits for its answer. Only one question at a time. */
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
