import { StorageError } from '../../storage/storage-error.js'
import { Backoff } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import type { Call } from '../network/call.js'
import type { HazelcastConnection } from './connection.js'
import { isUnknownOperation } from './failure.js'
import { healthName } from './names.js'
import { membersVersion, probe } from './operations.js'
import type { HazelcastOptions } from './options.js'

const firstRetryMs = 100
const longestRetryMs = 30_000
/** The most times that members are asked at the start for a jar that is required; together they take about a second. */
const mostTries = 5
const remedy = 'Put the jar of this version of koa-scopes on the class path of every member'

/** The versions of the jar by the addresses of the members, 0 for none. Empty: the member that was asked does not have it. */
type Versions = ReadonlyMap<string, number>

/**
 * Knows whether members carry out the calls. They do only if every member has the jar in this version, because a backup on a
 * member without it would fail. So they are asked again whenever a member has joined, and until they have answered, calls
 * go the other way, which is right at any time.
 */
export class MembersJar {
  readonly #mode: HazelcastOptions['membersJar']
  readonly #connection: HazelcastConnection
  readonly #cache: string
  readonly #map: string
  #closed = new AbortController()
  #versions: Versions = new Map()
  #isReady = false
  #isOpen = false
  #isAsking = false
  /** How often the cluster has changed: what was asked before a change counts no more. */
  #changes = 0

  constructor(connection: HazelcastConnection, { membersJar, prefix }: HazelcastOptions, cache: string) {
    this.#mode = membersJar
    this.#connection = connection
    this.#cache = cache
    this.#map = healthName(prefix)
    connection.report({
      onJoin: () => this.#doubt(),
      // It may have been the one without the jar.
      onLeave: () => this.#isReady || this.#doubt(),
    })
  }

  /** Asks once, and some times more if the jar is required. Rejects if it is then not there. */
  async open(): Promise<void> {
    if (this.#mode === 'off') return
    this.#isOpen = true
    this.#closed = new AbortController()
    const tries = this.#mode === 'required' ? mostTries : 1
    const pauses = new Backoff(firstRetryMs, longestRetryMs)
    let isKnown = await this.#ask('open')
    for (let tried = 1; !isKnown && tried < tries; tried += 1) {
      await wait(systemClock, pauses.next())
      isKnown = await this.#ask('open')
    }
    if (this.#mode === 'required' && !this.#isReady)
      throw new StorageError('STORAGE_UNUSABLE', {
        cache: this.#cache,
        reason: this.#lack(),
        remedy: `${remedy}, or set membersJar: auto.`,
      })
    if (!isKnown) this.#doubt()
  }

  /** Carries out a call in one of two ways. */
  async either<T>(onMembers: () => Promise<T>, onTable: () => Promise<T>): Promise<T> {
    if (!this.#isReady) return onTable()
    try {
      return await onMembers()
    } catch (error) {
      if (!isUnknownOperation(error)) throw error
      this.#doubt()
      return onTable()
    }
  }

  /** What `health` says of it. */
  get state(): string {
    if (this.#mode === 'off') return 'off'
    if (this.#isReady) return `version ${membersVersion}`
    if (this.#versions.size === 0) return 'none'
    return this.#without().length > 0 ? 'not on all members' : 'being asked'
  }

  get warnings(): readonly string[] {
    const isLacking = this.#without().length > 0 || (this.#mode === 'required' && this.#versions.size === 0)
    return isLacking ? [`Every change takes two round trips, because ${this.#lack()}. ${remedy}.`] : []
  }

  close(): void {
    this.#closed.abort()
  }

  /** The members that answered something else, as messages name them. */
  #without(): string[] {
    return [...this.#versions]
      .filter(([, version]) => version !== membersVersion)
      .map(([address, version]) => (version === 0 ? address : `${address} (has version ${version})`))
  }

  #lack(): string {
    const without = this.#without()
    const members = without.length === 0 ? 'members' : `the members ${without.join(', ')}`
    return `${members} do not have version ${membersVersion} of the jar of koa-scopes`
  }

  #doubt(): void {
    if (!this.#isOpen) return
    this.#changes += 1
    this.#isReady = false
    if (this.#isAsking) return
    this.#isAsking = true
    void this.#keepAsking()
  }

  async #keepAsking(): Promise<void> {
    const { signal } = this.#closed
    const pauses = new Backoff(firstRetryMs, longestRetryMs)
    let isKnown = false
    while (!isKnown && !signal.aborted) {
      isKnown = await this.#ask('health').catch(() => false)
      if (!isKnown) await wait(systemClock, pauses.next(), signal)
    }
    this.#isAsking = false
  }

  /** Resolves with false if it must be asked again. */
  async #ask(operation: string): Promise<boolean> {
    const changes = this.#changes
    const versions = await this.#found({ operation })
    if (changes !== this.#changes) return false
    this.#versions = versions
    this.#isReady = versions.size > 0 && [...versions.values()].every((version) => version === membersVersion)
    // A member that has just started may not have answered. One without the jar is restarted to get it, which is noticed.
    return this.#isReady || versions.size === 0
  }

  async #found(call: Call): Promise<Versions> {
    const map = await this.#connection.map(call, this.#map)
    try {
      const answer = await this.#connection.read(call, () => map.executeOnKey('versions', probe()))
      const values = answer as readonly (string | number)[]
      const pairs = values.flatMap((value, n) => (n % 2 === 0 ? [[String(value), Number(values[n + 1])] as const] : []))
      return new Map(pairs)
    } catch (error) {
      if (isUnknownOperation(error)) return new Map()
      throw error
    }
  }
}
