import { AsyncLocalStorage } from 'node:async_hooks'
import { createCodec } from '../../../src/codec/create.js'
import type { ScopeConfig } from '../../../src/config/config.js'
import { type Credential, newCredential, parseCredential, sealOf } from '../../../src/scopes/credential.js'
import { RequestScope } from '../../../src/scopes/request-scope.js'
import { Scope } from '../../../src/scopes/scope.js'
import { scopeData } from '../../../src/scopes/scope-data.js'
import type { Space } from '../../../src/storage/contract.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { memorySpace, scopeEnvironment } from '../../support/scope-environment.js'
import { ExpectedRecord } from './expected-record.js'
import { assertThat, IsolatedRequest, SharingRequest } from './expected-request.js'
import { Holds, heldSpace } from './held-space.js'
import type { Name, Scenario } from './script.js'
import { Visit } from './visit.js'

export interface Variant {
  readonly nodes: 1 | 2
  readonly config: Partial<ScopeConfig>
}

const codec = createCodec()
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
/** More than the longest time a memory-first node goes without asking the store. */
const touchDueMs = 61_000

/** Runs the scenario and throws when anything is not as expected, on the way or at its end. */
export async function run(variant: Variant, scenario: Scenario): Promise<void> {
  const world = new World(variant)
  await world.store(scenario.stored)
  await world.play(scenario)
  await world.judge()
}

class World {
  readonly #variant: Variant
  readonly #clock = new ManualClock()
  readonly #space: Space = memorySpace()
  readonly #holds = new Holds()
  readonly #credential = newCredential()
  readonly #records = new Map<string, ExpectedRecord>()
  readonly #scopes: Scope[]
  readonly #acting = new AsyncLocalStorage<Visit>()
  readonly #lost: string[] = []
  #visits: Visit[] = []
  #failure: { readonly error: unknown } | undefined

  constructor(variant: Variant) {
    this.#variant = variant
    this.#scopes = Array.from({ length: variant.nodes }, () => this.#node())
  }

  async store(names: readonly Name[]): Promise<void> {
    const attributes = new Map(names.map((name) => [name, JSON.stringify([name])]))
    const seal = sealOf(this.#credential.secret)
    this.#records.set(this.#credential.id, ExpectedRecord.stored(attributes, seal))
    const set = new Map(names.map((name) => [name, codec.encode([name], name)]))
    const life = { idleMs: 30 * 60_000, endsAt: null }
    const created = { mode: 'create', id: this.#credential.id, version: '0', seal, life, set } as const
    await this.#space.save(created, { now: this.#clock.now() })
  }

  /** Lets one of those that can go on do so, until all is done. */
  async play({ first, second, schedule }: Scenario): Promise<void> {
    const turns = schedule.values()
    this.#visits = [this.#visit('A', first, 0), this.#visit('B', second, this.#variant.nodes - 1)]
    const waiting = new Set(this.#visits)
    for (;;) {
      const choices = [...this.#ready(waiting), ...this.#holds.waiting]
      if (choices.length === 0) break
      choices[(turns.next().value ?? 0) % choices.length]?.()
      await settled()
      if (this.#failure) throw this.#failure.error
    }
    assertThat(this.#visits.every(({ isOver }) => isOver) && waiting.size === 2, 'a request waits for ever')
  }

  async judge(): Promise<void> {
    const failed = await this.#letAllGoOn(Promise.all(this.#scopes.map(({ strategy }) => strategy.flush())))
    assertThat(failed.every((count) => count === 0), 'something could not be saved')
    for (const [id, record] of this.#records) await this.#judgeRecord(id, record)
    for (const visit of this.#visits) await this.#judgeVisit(visit)
    await this.#judgeEnds()
    this.#clock.jump(touchDueMs)
    for (const scope of this.#scopes) await this.#judgeNode(scope)
  }

  #node(): Scope {
    const space = heldSpace(this.#space, this.#holds, {
      loaded: (_id, result) => this.#check(() => this.#acting.getStore()?.expected.loaded(result)),
      saved: (change, result) => this.#check(() => {
        const visit = this.#acting.getStore()
        if (visit) visit.expected.saved(change, result)
        else throw new Error('x')
      }),
    })
    const emit = (event: string, { id }: { id: string }) => {
      if (event === 'scope:lost') this.#lost.push(id)
    }
    return new Scope(scopeEnvironment({ space, clock: this.#clock, config: this.#variant.config, emit: emit as never }))
  }
}
