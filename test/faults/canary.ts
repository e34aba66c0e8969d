import { setTimeout as pause } from 'node:timers/promises'
import type { Forgotten } from './checker.js'
import type { Register } from './topology.js'

/**
 * Counts in a register, to find out what the store itself forgets in a failover: replication follows the order of execution,
 * so that whatever was done before a count that is still known is known too.
 */
export class Canary {
  readonly #register: Register
  /** When each count was asked for. */
  readonly #askedAt: number[] = []
  #end = Promise.resolve()
  #failedAt = 0

  constructor(register: Register) {
    this.#register = register
  }

  /**
   * Counts until the server dies. Resolves when the replica knows the first count: of another run's it could not be told
   * apart, and a replica that has just come back may lag behind for as long as it catches up.
   */
  async start(): Promise<void> {
    await this.#count()
    await this.#register.replicated()
    this.#end = this.#countOn()
  }

  /** What the successor does not know though the server had acknowledged it. */
  async forgottenBy(successor: Register): Promise<Forgotten> {
    await this.#end
    const known = await successor.read()
    successor.close()
    return { from: this.#askedAt[known - 1] ?? 0, to: this.#failedAt }
  }

  async #countOn(): Promise<void> {
    try {
      for (;;) {
        await this.#count()
        await pause(1)
      }
    } catch {
      this.#failedAt = performance.now()
      this.#register.close()
    }
  }

  async #count(): Promise<void> {
    this.#askedAt.push(performance.now())
    await this.#register.write(this.#askedAt.length)
  }
}
