import { AsyncLocalStorage } from 'node:async_hooks'
import { createCodec } from '../../../src/codec/create.js'
import type { ScopeConfig } from '../../../src/config/config.js'
import { type Credential, newCredential, parseCredential, sealOf } from '../../../src/scopes/credential.js'
import type { Emit } from '../../../src/scopes/events.js'
import { RequestScope } from '../../../src/scopes/request-scope.js'
import { Scope } from '../../../src/scopes/scope.js'
import { scopeData } from '../../../src/scopes/scope-data.js'
import type { Space } from '../../../src/storage/contract.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { memorySpace, scopeEnvironment } from '../../support/scope-environment.js'
import { ExpectedRecord } from './expected-record.js'
import { assertThat, IsolatedRequest, SharingRequest } from './expected-request.js'
import { Holds, heldSpace } from './held-space.js'
import type { Name, Scenario, Step } from './script.js'
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
  readonly #scopes: readonly Scope[]
  readonly #acting = new AsyncLocalStorage<Visit>()
  readonly #lost: string[] = []
  #visits: readonly Visit[] = []
  #failure: { readonly error: unknown } | undefined

  constructor(variant: Variant) {
    this.#variant = variant
    this.#scopes = Array.from({ length: variant.nodes }, () => this.#node())
  }

  /** The record both requests come for. */
  async store(names: readonly Name[]): Promise<void> {
    const { id, secret } = this.#credential
    const attributes = new Map(names.map((name) => [name, JSON.stringify([name])]))
    this.#records.set(id, ExpectedRecord.stored(attributes, sealOf(secret)))
    const set = new Map(names.map((name) => [name, codec.encode([name], name)]))
    const life = { idleMs: 30 * 60_000, endsAt: null }
    await this.#space.save({ mode: 'create', id, version: '0', seal: sealOf(secret), life, set }, this.#options)
  }

  /** Lets one of those that can go on do so, until all is done. */
  async play({ first, second, schedule }: Scenario): Promise<void> {
    const turns = schedule.values()
    this.#visits = [this.#visit('A', first, this.#scopes.at(0)), this.#visit('B', second, this.#scopes.at(-1))]
    const idle = new Set(this.#visits)
    for (;;) {
      const ready = [...idle].filter(({ isOver }) => !isOver).map((visit) => () => this.#goOn(visit, idle))
      const choices = [...ready, ...this.#holds.waiting]
      if (choices.length === 0) break
      choices[(turns.next().value ?? 0) % choices.length]?.()
      await settled()
      if (this.#failure) throw this.#failure.error
    }
    assertThat(idle.size === 2, 'a request waits for ever')
  }

  async judge(): Promise<void> {
    this.#holds.end()
    for (const { strategy } of this.#scopes) assertThat((await strategy.flush()) === 0, 'something could not be saved')
    for (const [id, record] of this.#records) await this.#judgeRecord(id, record)
    this.#judgeVisits()
    await this.#judgeEnds()
    this.#clock.jump(touchDueMs)
    for (const scope of this.#scopes) await this.#judgeNode(scope)
  }

  #node(): Scope {
    const space = heldSpace(this.#space, this.#holds, {
      loaded: (_id, result) => this.#check(() => this.#acting.getStore()?.expected.loaded(result)),
      saved: (change, result) =>
        this.#check(() => {
          this.#acting.getStore()?.expected.saved(change, result)
          this.#records.get(change.id)?.became(change, result)
        }),
    })
    const emit = ((event: string, { id }: { id: string }) => {
      if (event === 'scope:lost') this.#lost.push(id)
    }) as Emit
    return new Scope(scopeEnvironment({ space, clock: this.#clock, config: this.#variant.config, emit }))
  }

  #visit(name: string, script: readonly Step[], scope = this.#node()): Visit {
    const { config, nodes } = this.#variant
    const isShared = !config.cluster && nodes === 1
    const Expected = isShared ? SharingRequest : IsolatedRequest
    const parts = { name, scope, script, credential: this.#credential }
    return new Visit(parts, new Expected(this.#visited), this.#records)
  }

  async #goOn(visit: Visit, idle: Set<Visit>): Promise<void> {
    idle.delete(visit)
    try {
      await this.#acting.run(visit, () => visit.goOn())
      idle.add(visit)
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  /** What is thrown here must not be taken for a failure of the store. */
  #check(check: () => void): void {
    try {
      check()
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  get #options() {
    return { now: this.#clock.now() }
  }

  get #visited(): ExpectedRecord {
    return this.#records.get(this.#credential.id) as ExpectedRecord
  }

  /** What visitors were given. */
  get #issued(): Credential[] {
    return this.#visits.flatMap(({ request: { cookie } }) => {
      const credential = cookie.kind === 'set' ? parseCredential(cookie.value) : undefined
      return credential ? [credential] : []
    })
  }

  async #judgeRecord(id: string, record: ExpectedRecord): Promise<void> {
    const found = await this.#space.load(id, this.#options)
    if (record.state !== 'live')
      return assertThat(found.status === 'missing', `a record is there that is ${record.state}`)
    assertThat(found.status === 'loaded', 'a live record is missing')
    assertSame(decoded(found.record.attributes), record.attributes, 'the store')
    const seals = this.#issued.filter((credential) => credential.id === id).map(({ secret }) => sealOf(secret))
    assertThat(
      seals.every((seal) => seal === record.seal),
      'a cookie was issued that does not open its record',
    )
    const isOriginal = record.seal === sealOf(this.#credential.secret)
    assertThat(isOriginal || seals.length > 0, 'nobody was given the new secret')
  }

  /** Independent of what was expected on the way: nothing that only one request changed is lost. */
  #judgeVisits(): void {
    for (const visit of this.#visits) {
      const { expected, name, written } = visit
      if (expected.state === 'lost') assertThat(this.#lost.includes(this.#credential.id), 'no event tells of the loss')
      if (expected.record?.state !== 'live') continue
      const others = this.#visits.filter((other) => other !== visit && other.expected.record === expected.record)
      for (const [attribute, token] of written) {
        if (others.some(({ changed }) => changed.has(attribute))) continue
        const json = expected.record.attributes.get(attribute)
        assertThat(json?.includes(token) === true, `what ${name} wrote to ${attribute} is lost`)
      }
    }
  }

  async #judgeEnds(): Promise<void> {
    const claims = await this.#space.claimExpired({ ...this.#options, limit: 10, leaseMs: 1_000 })
    const ended = [...this.#records].filter(([, { state }]) => state === 'ended')
    assertThat(
      claims.length === ended.length && claims.every(({ record }) => ended.some(([id]) => id === record.id)),
      `${claims.length} records can be claimed, not ${ended.length}`,
    )
    if (this.#variant.nodes === 1) return
    for (const { record } of claims)
      assertSame(decoded(record.attributes), this.#records.get(record.id)?.attributes ?? new Map(), 'the end handler')
  }

  /** A later request on this node finds what the store holds. */
  async #judgeNode(scope: Scope): Promise<void> {
    const { state, seal, attributes } = this.#visited
    const hasRotated = seal !== sealOf(this.#credential.secret)
    if (state !== 'live' || hasRotated) {
      const stale = new RequestScope(scope)
      await stale.identify([this.#credential])
      assertThat(stale.record === undefined, 'the old cookie still opens the record')
    }
    if (state !== 'live') return
    const later = new RequestScope(scope)
    await later.identify([this.#credential, ...this.#issued].filter(({ secret }) => sealOf(secret) === seal))
    const data = scopeData(later)
    assertSame(jsonOf(data), attributes, 'a later request')
    await later.reload()
    assertSame(jsonOf(data), attributes, 'a later request that reloads')
  }
}

const jsonOf = (data: object) => new Map(Object.entries(data).map(([name, value]) => [name, JSON.stringify(value)]))

const decoded = (attributes: ReadonlyMap<string, Uint8Array>) =>
  jsonOf(Object.fromEntries([...attributes].map(([name, bytes]) => [name, codec.decode(bytes, name)])))

const inOrder = (attributes: ReadonlyMap<string, string>) => JSON.stringify([...attributes].sort())

function assertSame(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>, where: string): void {
  assertThat(inOrder(actual) === inOrder(expected), `${where} has ${inOrder(actual)}, not ${inOrder(expected)}`)
}
