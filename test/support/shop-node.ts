import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { forkProgram } from './program.js'
import type { FromServer, ShopSetup, ToServer } from './shop-server.js'

const shopServer = new URL('shop-server.ts', import.meta.url)

/** Where a request waits until the test lets it go on: `/?${held.step}&set=name:ada`. */
export interface Held {
  /** The step of the request that waits. */
  readonly step: string
  /** Resolves when somebody waits. */
  readonly reached: Promise<void>
  open(): void
}

/** A shop in a process of its own. */
export class ShopNode {
  readonly url: string
  readonly #child: ChildProcess
  #holds = 0

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#child = child
    child.setMaxListeners(0) // each hold listens
  }

  /** Resolves when it listens; rejects when it ends before. The module is one that understands the same messages. */
  static async start(setup: ShopSetup, module: URL = shopServer): Promise<ShopNode> {
    const child = forkProgram(module, [JSON.stringify(setup)])
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`The node ${setup.name} ended with ${code} before it listened`)
    })
    const { listens } = await Promise.race([answerOf(child, 'listens'), failed])
    return new ShopNode(listens, child)
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** One of its applications, which is mounted under its name. */
  at(application: string): { readonly url: string } {
    return { url: `${this.url}/${application}` }
  }

  /** A new place to wait at, or that of the end handlers, which ShopSetup.endsWaitAt names. */
  hold(name = `hold-${++this.#holds}`): Held {
    return {
      step: `hold=${name}`,
      reached: answerOf(this.#child, 'reached', (message) => message.reached === name).then(() => {}),
      open: () => void this.#send({ open: name }),
    }
  }

  /** Time passes here and in the store, and nothing runs before its delay is really over. */
  async jump(ms: number): Promise<void> {
    await this.#moved({ jump: ms })
  }

  /** Time passes here and in the store, and what falls due runs. Calls of the store that are under way meet their deadline. */
  async advance(ms: number): Promise<void> {
    await this.#moved({ advance: ms })
  }

  /** In good order. Resolves with the exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  /** Nothing of it can tidy up. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }

  async #moved(message: ToServer): Promise<void> {
    const moved = answerOf(this.#child, 'moved')
    this.#send(message)
    await moved
  }

  #send(message: ToServer): void {
    this.#child.send(message)
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (!this.isRunning) return this.#child.exitCode
    const ended = once(this.#child, 'exit')
    this.#child.kill(signal)
    const [code] = await ended
    return code
  }
}

type Answer<Kind extends string> = Extract<FromServer, Readonly<Record<Kind, unknown>>>

function answerOf<Kind extends 'listens' | 'reached' | 'moved'>(
  child: ChildProcess,
  kind: Kind,
  isMeant: (answer: Answer<Kind>) => boolean = () => true,
): Promise<Answer<Kind>> {
  return new Promise((resolve) => {
    const listen = (message: FromServer) => {
      if (!(kind in message) || !isMeant(message as Answer<Kind>)) return
      child.off('message', listen)
      resolve(message as Answer<Kind>)
    }
    child.on('message', listen)
  })
}
