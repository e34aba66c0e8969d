import type { CallOptions, Space } from '../../src/storage/contract.js'
import { throwIfPast } from '../../src/storage/deadline.js'
import { Gate } from './gate.js'

export type Operation = 'load' | 'save' | 'list' | 'claimExpired' | 'renew' | 'settle' | 'lock' | 'unlock'

/** Before the store gets the call, or after it has carried it out and before the answer arrives. */
export type Point = 'before' | 'after'

export interface Pause {
  /** Counted from 1, which is the next one. */
  readonly call: number
  readonly at: Point
}

/** Holds calls on their way between a node and its store until the test lets them go on. */
export class HeldCalls {
  readonly #asked: string[] = []
  readonly #holds = new Set<Hold>()
  readonly #waiting = new Set<Gate>()
  /** undefined: none. Empty: all. */
  #everyCallOf: readonly string[] | undefined
  #steps = 0

  /** Every operation that the node has asked for, in order. */
  get asked(): readonly string[] {
    return this.#asked
  }

  /** Grows when a call comes to a point. While it grows, something is still moving. */
  get steps(): number {
    return this.#steps
  }

  /** The gates at which calls wait now, in the order of their arrival. Opening one lets its call go on. */
  get waiting(): readonly Gate[] {
    return [...this.#waiting]
  }

  /** Holds one call: by default the next one, before the store gets it. */
  hold(operation: Operation | 'any', { call = 1, at = 'before' }: Partial<Pause> = {}): Gate {
    const hold = new Hold(operation, call, at)
    this.#holds.add(hold)
    return hold.gate
  }

  /** Holds every call of these operations (of all by default) at both points. */
  holdEvery(...operations: Operation[]): void {
    this.#everyCallOf = operations
  }

  /** Lets all calls go on, and holds no further ones. */
  letGo(): void {
    this.#everyCallOf = undefined
    for (const { gate } of this.#holds) gate.open()
    for (const gate of this.#waiting) gate.open()
    this.#holds.clear()
  }

  /** This space, on which every call can be held. */
  space(space: Space): Space {
    return new Proxy(space, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        if (name === 'matches') return (...args: unknown[]) => this.look(() => member.apply(target, args))
        return (...args: unknown[]) => this.carry(String(name), args, () => member.apply(target, args))
      },
    })
  }

  /** A call that answers without waiting, so that it cannot be held. */
  look<T>(ask: () => T): T {
    return ask()
  }

  /** Takes one call past both points. The store does not get a call whose caller gave up while it was held. */
  async carry<T>(operation: string, args: readonly unknown[], ask: () => Promise<T>): Promise<T> {
    this.#asked.push(operation)
    const holds = [...this.#holds].filter((hold) => hold.takes(operation))
    await this.#reach('before', operation, holds)
    for (const options of args as (Partial<CallOptions> | undefined)[]) throwIfPast(options?.deadline)
    const answer = await ask()
    await this.#reach('after', operation, holds)
    return answer
  }

  async #reach(point: Point, operation: string, holds: readonly Hold[]): Promise<void> {
    this.#steps += 1
    for (const hold of holds.filter(({ at }) => at === point)) {
      await this.#wait(hold.gate)
      this.#holds.delete(hold)
    }
    if (this.#holdsEvery(operation)) await this.#wait(new Gate())
  }

  async #wait(gate: Gate): Promise<void> {
    this.#waiting.add(gate)
    await gate.pass()
    this.#waiting.delete(gate)
  }

  #holdsEvery(operation: string): boolean {
    const operations = this.#everyCallOf
    return operations !== undefined && (operations.length === 0 || operations.includes(operation))
  }
}

class Hold {
  readonly at: Point
  readonly gate = new Gate()
  readonly #operation: string
  #left: number

  constructor(operation: string, call: number, at: Point) {
    this.at = at
    this.#operation = operation
    this.#left = call
  }

  /** Counts this call if it is of its operation; true if it is the one to hold. */
  takes(operation: string): boolean {
    if (this.#operation !== 'any' && this.#operation !== operation) return false
    this.#left -= 1
    return this.#left === 0
  }
}
