import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { Driver, LoadOptions, RecordUpdate, Space } from '../../src/storage/contract.js'

/** One question to the store and its answer. */
export interface Exchange {
  readonly space: string
  readonly operation: string
  readonly args: readonly unknown[]
  readonly answer: unknown
}

/** What went between one node and its store, in the order of the answers; sweeps that found nothing left out. */
export class Traffic {
  readonly exchanges: Exchange[] = []
  /** The answers to looks, which nothing waits for. */
  readonly looks: boolean[] = []
  #underWay = 0

  /** Puts itself between a driver and whoever opens it. */
  of(definition: DriverDefinition): DriverDefinition {
    return {
      ...definition,
      create: async (options, environment) => this.#watched(await definition.create(options, environment)),
    }
  }

  get operations(): string[] {
    return this.exchanges.map(({ operation }) => operation)
  }

  get loads(): { readonly options: LoadOptions; readonly answer: unknown }[] {
    return this.#of('load').map(({ args, answer }) => ({ options: args[1] as LoadOptions, answer }))
  }

  /** Creations too, which lack what only updates have. */
  get saves(): RecordUpdate[] {
    return this.#of('save').map(({ args }) => args[0] as RecordUpdate)
  }

  clear(): void {
    this.exchanges.length = 0
    this.looks.length = 0
  }

  /** Resolves when everything asked is answered, and what followed from the answers too. */
  async settled(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 4; quietTurns += 1) {
      if (this.#underWay > 0) quietTurns = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #of(operation: string): Exchange[] {
    return this.exchanges.filter((exchange) => exchange.operation === operation)
  }

  #watched(driver: Driver): Driver {
    return {
      capabilities: driver.capabilities,
      open: () => driver.open(),
      space: (name, options) => this.#watchedSpace(name, driver.space(name, options)),
      health: (options) => driver.health(options),
      close: () => driver.close(),
    }
  }

  #watchedSpace(name: string, space: Space): Space {
    return new Proxy(space, {
      get: (target, operation: string) => {
        const member: unknown = Reflect.get(target, operation)
        if (typeof member !== 'function') return member
        if (operation === 'matches') return (...args: unknown[]) => this.#looked(member.apply(target, args))
        return (...args: unknown[]) => this.#watch(name, operation, args, () => member.apply(target, args))
      },
    })
  }

  #looked(answer: boolean): boolean {
    this.looks.push(answer)
    return answer
  }

  async #watch<T>(space: string, operation: string, args: readonly unknown[], ask: () => Promise<T>): Promise<T> {
    this.#underWay += 1
    try {
      const answer = await ask()
      const isIdleSweep = operation === 'claimExpired' && Array.isArray(answer) && answer.length === 0
      if (!isIdleSweep) this.exchanges.push({ space, operation, args, answer })
      return answer
    } finally {
      this.#underWay -= 1
    }
  }
}
