import type { Space } from '../../src/storage/contract.js'
import { Gate } from '../support/gate.js'

/** Where a node stops: at this call to the store, counted from 1, before the store gets it or before the answer arrives. */
export interface Pause {
  readonly call: number
  readonly at: 'before' | 'after'
}

/** How far the calls of all nodes have come. */
export interface Progress {
  steps: number
}

/** The line between one node and the store, on which one call can be stopped. */
export class Line {
  readonly space: Space
  readonly #progress: Progress
  #calls: string[] = []
  #pause: { readonly point: Pause; readonly gate: Gate } | undefined

  constructor(space: Space, progress: Progress) {
    this.space = this.#lined(space)
    this.#progress = progress
  }

  /** The operations asked for since `watch`. */
  get calls(): readonly string[] {
    return this.#calls
  }

  /** Counts calls from now on, and stops the one at this point. */
  watch(point?: Pause): Gate {
    const gate = new Gate()
    this.#calls = []
    this.#pause = point && { point, gate }
    return gate
  }

  #lined(space: Space): Space {
    return new Proxy(space, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => this.#pass(String(name), () => member.apply(target, args))
      },
    })
  }

  async #pass<T>(operation: string, ask: () => Promise<T>): Promise<T> {
    const call = this.#calls.push(operation)
    await this.#come({ call, at: 'before' })
    const answer = await ask()
    await this.#come({ call, at: 'after' })
    return answer
  }

  async #come({ call, at }: Pause): Promise<void> {
    this.#progress.steps += 1
    if (this.#pause?.point.call !== call || this.#pause.point.at !== at) return
    const { gate } = this.#pause
    this.#pause = undefined
    await gate.pass()
  }
}
