import { AsyncLocalStorage } from 'node:async_hooks'
import { createCodec } from '../../../src/codec/create.js'
import { leadOf } from '../../../src/scopes/attributes/place.js'
import { newCredential, sealOf } from '../../../src/scopes/record/credential.js'
import { Scope } from '../../../src/scopes/scope.js'
import type { ScopeSettings } from '../../../src/scopes/settings.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { HeldCalls } from '../../support/held-calls.js'
import { memorySpace, recordEvents, scopeEnvironment } from '../../support/scope-environment.js'
import { ExpectedRecord } from './expected-record.js'
import { assertThat, IsolatedRequest, SharingRequest } from './expected-request.js'
import { type Fate, type Observer, observedSpace } from './observed-space.js'
import type { Name, Scenario, Step } from './script.js'
import { Visit } from './visit.js'

export interface Variant {
  readonly nodes: 1 | 2
  readonly settings: Partial<ScopeSettings>
  /** Nodes ask the store at every request: see `ScopeStorage`. */
  readonly asksEachRequest?: boolean
  /** Answers of the store get lost. */
  readonly isLossy?: boolean
}

/** Whether both requests work on the same values. */
export const isShared = ({ settings, nodes }: Variant) => !settings.cluster && nodes === 1

export const codec = createCodec()
/** Whose step the code that runs now belongs to. One for all worlds: Node never forgets one. */
const acting = new AsyncLocalStorage<Visit>()
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A store, the nodes on it, a record, and two requests that come for it. */
export class World {
  readonly variant: Variant
  readonly clock = new ManualClock()
  readonly space = memorySpace()
  readonly scopes: readonly Scope[]
  /** What the visitor has when the requests begin. */
  readonly credential = newCredential()
  /** Every record, by id, as it should be. */
  readonly records = new Map<string, ExpectedRecord>()
  readonly #told = recordEvents()
  readonly #calls = new HeldCalls()
  #visits: readonly Visit[] = []
  #fates: Iterator<Fate> = [].values()
  #failure: { readonly error: unknown } | undefined

  constructor(variant: Variant) {
    this.variant = variant
    this.#calls.holdEvery()
    this.scopes = Array.from({ length: variant.nodes }, () => this.#node())
  }

  get visits(): readonly Visit[] {
    return this.#visits
  }

  /** Whether an event has told that changes of the visited record were lost. */
  get hasToldOfLoss(): boolean {
    return this.#told.events.some(
      ([name, what]) => name === 'scope:lost' && 'id' in what && what.id === this.credential.id,
    )
  }

  get now() {
    return { now: this.clock.now() }
  }

  /** The record both requests come for. */
  get visited(): ExpectedRecord {
    return this.records.get(this.credential.id) as ExpectedRecord
  }

  /** Lets one of those that can go on do so, again and again until all is done. */
  async play({ stored, first, second, schedule, fates }: Scenario): Promise<void> {
    await this.#store(stored)
    this.#fates = fates.values()
    this.#visits = [this.#visit('A', first, this.scopes.at(0)), this.#visit('B', second, this.scopes.at(-1))]
    const idle = new Set(this.#visits)
    const turns = schedule.values()
    for (;;) {
      const ready = [...idle].filter(({ isOver }) => !isOver).map((visit) => () => this.#goOn(visit, idle))
      const choices = [...ready, ...this.#calls.waiting.map((gate) => () => gate.open())]
      if (choices.length === 0) break
      choices[(turns.next().value ?? 0) % choices.length]?.()
      await settled()
      if (this.#failure) throw this.#failure.error
    }
    assertThat(idle.size === 2, 'a request waits for ever')
    this.#calls.letGo()
    this.#fates = [].values()
  }

  async #store(names: readonly Name[]): Promise<void> {
    const { id, secret } = this.credential
    const seal = sealOf(secret)
    this.records.set(id, ExpectedRecord.stored(new Map(names.map((name) => [name, JSON.stringify([name])])), seal))
    const set = new Map(names.map((name, place) => [name, codec.encode([name], name, leadOf(place))]))
    const life = { idleMs: 30 * 60_000, endsAt: null }
    await this.space.save({ mode: 'create', id, version: '0', seal, life, set }, this.now)
  }

  #node(): Scope {
    const observer: Observer = {
      loaded: (result) => this.#check(() => acting.getStore()?.expected.loaded(result)),
      saved: (change, result) => {
        this.#check(() => acting.getStore()?.expected.saved(change, result))
        return this.records.get(change.id)?.became(change, result) ?? (() => {})
      },
    }
    const space = observedSpace(this.space, this.#calls, observer, () => this.#fates.next().value ?? 'answered')
    const { emit } = this.#told
    const { asksEachRequest = false, settings } = this.variant
    return new Scope(scopeEnvironment({ space, clock: this.clock, asksEachRequest, settings, emit }))
  }

  #visit(name: string, script: readonly Step[], scope = this.#node()): Visit {
    const Expected = isShared(this.variant) ? SharingRequest : IsolatedRequest
    const parts = { name, scope, script, credential: this.credential }
    return new Visit(parts, new Expected(this.visited), this.records)
  }

  async #goOn(visit: Visit, idle: Set<Visit>): Promise<void> {
    idle.delete(visit)
    try {
      await acting.run(visit, () => visit.goOn())
      idle.add(visit)
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  /** What a check throws must not be taken for a failure of the store. */
  #check(check: () => void): void {
    try {
      check()
    } catch (error) {
      this.#failure ??= { error }
    }
  }
}
