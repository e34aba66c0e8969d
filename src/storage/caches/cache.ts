import { channels, type OutageChange } from '../../diagnostics/channels.js'
import { reasonOf } from '../../errors/scopes-error.js'
import { Backoff } from '../../support/backoff.js'
import { type Cancel, type Clock, wait } from '../../support/clock.js'
import type { Logger } from '../../support/logger.js'
import type { Driver, DriverHealth, EpochMs, ObjectSpace, SpaceOptions } from '../contract.js'
import { Availability, isOutage, type PastOutage } from '../guard/availability.js'
import { GuardedDriver } from '../guard/guarded-driver.js'
import type { GuardedSpace } from '../guard/guarded-space.js'
import { StorageError } from '../storage-error.js'
import { StoreClock } from './store-clock.js'

export interface CacheOptions {
  readonly name: string
  readonly driverName: string
  readonly driver: Driver
  readonly deadlineMs: number
  /** The scopes stored in this cache. */
  readonly scopes: readonly StoredScope[]
  readonly clock: Clock
  readonly log: Logger
}

export interface StoredScope {
  readonly application: string
  readonly scope: string
}

interface Reachability {
  /** How often the store has become unavailable since the start. */
  readonly outages: number
  /** How many calls have failed because the store was unavailable. */
  readonly failures: number
}

/** A cache by its name, whatever is behind it. */
export interface NamedCache {
  readonly name: string
  readonly driverName: string
  /** Whether the store could be reached at its last calls. Asks nothing. */
  readonly isAvailable: boolean
  /** The objects in it, in a space of this name; undefined if it cannot hold any. */
  objects(space?: string): ObjectSpace | undefined
  health(): Promise<CacheHealth>
  close(): Promise<void>
}

export type CacheHealth = Reachability &
  (
    | ({
        readonly status: 'up'
        readonly latencyMs: number
        /** How far the store's clock is ahead of this node's; absent if the store has none. */
        readonly clockOffsetMs?: number
      } & DriverHealth)
    | { readonly status: 'down'; readonly error: StorageError; readonly unavailableSince?: EpochMs }
  )

/** The time between two measurements of the store's clock, and after one that failed. */
const measureMs = 30_000
const measureAgainMs = 1_000
/** A larger difference between the clocks of node and store is a warning. */
const tolerableOffsetMs = 1_000
const firstAttemptMs = 250
const longestAttemptMs = 5_000

/** A named cache: a guarded driver, the availability of its store, and the store's clock. */
export class Cache implements NamedCache {
  readonly name: string
  readonly driverName: string
  readonly availability: Availability
  /** The store's clock if it has one, else this node's. */
  readonly clock: StoreClock
  readonly #driver: GuardedDriver
  readonly #spaces: readonly string[]
  readonly #deadlineMs: number
  readonly #log: Logger
  readonly #attempts = new Backoff(firstAttemptMs, longestAttemptMs)
  #next: Cancel = () => {}
  #isClosed = false
  #unusableFor: string | undefined

  constructor({ name, driverName, driver, deadlineMs, scopes, clock, log }: CacheOptions) {
    this.name = name
    this.driverName = driverName
    this.clock = new StoreClock(clock)
    this.availability = new Availability(clock)
    this.#driver = new GuardedDriver(driver, {
      cache: name,
      driver: driverName,
      deadlineMs,
      clock,
      availability: this.availability,
    })
    this.#deadlineMs = deadlineMs
    this.#spaces = scopes.map(spaceName)
    this.#log = log
    // These are the lines of an outage. Each call that fails meanwhile is counted, and logged at level debug at most.
    this.availability.listen((error, past) => {
      if (error) log.error({ cache: name, code: codeOf(error), reason: reasonOf(error) }, 'the cache is unavailable')
      else log.info({ cache: name, ...past }, 'the cache is available again')
      if (channels.outage.hasSubscribers) channels.outage.publish(outageChange(name, error, past))
    })
    this.availability.listenToReasons((error) => {
      log.error(
        { cache: name, code: codeOf(error), reason: reasonOf(error) },
        'the cache is still unavailable, for another reason',
      )
      if (channels.outage.hasSubscribers) channels.outage.publish({ ...outageChange(name, error), isContinued: true })
    })
  }

  /**
   * Opens the driver. If a network store is unavailable, resolves anyway and keeps trying in the background; until then the
   * scopes follow their `whenUnavailable`. Rejects if a network store answers but cannot be used, and for other stores.
   */
  async open(): Promise<void> {
    try {
      await this.#open()
    } catch (error) {
      if (!isOutage(error) || this.#driver.capabilities.reach !== 'network') throw error
      this.#later(() => this.#tryToOpen(), this.#attempts.next())
    }
  }

  /**
   * Opens the driver for an operator's visit, without preparing any space. Rejects whatever is wrong with the store, one on the
   * network at the latest after the deadline.
   */
  async visit(): Promise<void> {
    const opening = this.#driver.open()
    const isOpen = this.#driver.capabilities.reach !== 'network' || (await this.#isInTime(opening))
    if (!isOpen) {
      const [cache, deadlineMs] = [this.name, this.#deadlineMs]
      throw new StorageError('STORAGE_TIMEOUT', { cache, operation: 'open', deadlineMs })
    }
    await opening
    if (this.#driver.capabilities.clock) await this.#measure()
  }

  /** Rejects with STORAGE_UNPREPARED if no node has used this scope here, as far as the store can tell. */
  async checkUsed(stored: StoredScope): Promise<void> {
    await this.#driver.prepare([spaceName(stored)])
  }

  /** The space with one application's records of one scope. No two applications or scopes share a space. */
  space(stored: StoredScope, options: SpaceOptions): GuardedSpace {
    return this.#driver.space(spaceName(stored), options)
  }

  /** Whether memory-first scopes ask the store at every request: other processes may write, and asking takes microseconds. */
  get asksEachRequest(): boolean {
    const { localReads = false, reach } = this.#driver.capabilities
    return localReads && reach !== 'process'
  }

  get isAvailable(): boolean {
    return this.availability.unavailableSince === undefined
  }

  /** The objects of the cache, separate from its records; undefined if the driver has none. */
  objects(space = 'objects'): ObjectSpace | undefined {
    return this.#driver.objects?.(space)
  }

  async health(): Promise<CacheHealth> {
    const { outages, failures, unavailableSince } = this.availability
    const start = performance.now()
    try {
      const health = await this.#measured()
      const latencyMs = performance.now() - start
      if (!this.#driver.capabilities.clock) return { status: 'up', latencyMs, outages, failures, ...health }
      const clockOffsetMs = this.clock.offsetMs
      const warnings = [...health.warnings, ...offsetWarning(clockOffsetMs)]
      return { status: 'up', latencyMs, clockOffsetMs, outages, failures, ...health, warnings }
    } catch (error) {
      const since = unavailableSince === undefined ? {} : { unavailableSince }
      return { status: 'down', error: error as StorageError, outages, failures, ...since }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#next()
    await this.#driver.close()
  }

  async #open(): Promise<void> {
    await this.#driver.open(this.#spaces)
    const health = await this.#measured().catch(() => undefined) // the reason is reported by `availability`
    for (const warning of health?.warnings ?? []) this.#log.warn({ cache: this.name }, warning)
    if (this.#driver.capabilities.clock) this.#later(() => this.#measure(), health ? measureMs : measureAgainMs)
  }

  /** Whether the driver opens before the deadline. Rejects if it fails before. One that opens later is closed. */
  async #isInTime(opening: Promise<void>): Promise<boolean> {
    const settled = new AbortController()
    const late = wait(this.clock, this.#deadlineMs, settled.signal).then(() => false)
    const isOpen = await Promise.race([opening.then(() => true), late]).finally(() => settled.abort())
    if (!isOpen) opening.then(() => this.#driver.close()).catch(() => {}) // the deadline is reported already
    return isOpen
  }

  async #tryToOpen(): Promise<void> {
    try {
      await this.#open()
      if (this.#isClosed) await this.#driver.close()
    } catch (error) {
      this.#reportUnusable(error)
      this.#later(() => this.#tryToOpen(), this.#attempts.next())
    }
  }

  /** Once for each reason, however often it is tried. */
  #reportUnusable(error: unknown): void {
    const reason = reasonOf(error)
    if (isOutage(error) || reason === this.#unusableFor) return
    this.#unusableFor = reason
    this.#log.error({ cache: this.name, err: error }, 'the cache cannot be used')
  }

  /** Measures the store's clock now and regularly. Failures are not handled here: `availability` reports them. */
  async #measure(): Promise<void> {
    const nextMs = await this.#measured().then(
      () => measureMs,
      () => measureAgainMs,
    )
    this.#later(() => this.#measure(), nextMs)
  }

  async #measured(): Promise<DriverHealth> {
    const askedAt = this.#nodeTime()
    const health = await this.#driver.health({ now: this.clock.now() })
    const { storeTime } = health
    if (this.#driver.capabilities.clock && storeTime !== undefined)
      this.clock.adjust(storeTime, askedAt, this.#nodeTime())
    return health
  }

  #nodeTime(): EpochMs {
    return this.clock.now() - this.clock.offsetMs
  }

  #later(task: () => Promise<void>, delayMs: number): void {
    this.#next()
    if (!this.#isClosed) this.#next = this.clock.schedule(() => void task(), delayMs)
  }
}

const outageChange = (cache: string, error: unknown, past?: PastOutage): OutageChange => ({
  cache,
  isAvailable: past !== undefined,
  ...(error !== undefined && { reason: reasonOf(error) }),
  ...(past && { durationMs: past.lastedMs, failures: past.failures }),
})

const codeOf = (error: unknown): unknown => (error instanceof StorageError ? error.code : undefined)

const spaceName = ({ application, scope }: StoredScope): string => `${application}:${scope}`

const offsetWarning = (offsetMs: number): string[] =>
  Math.abs(offsetMs) > tolerableOffsetMs
    ? [
        `the clock of this node differs from the store's by ${offsetMs} ms; the store's is used. Correct the node's clock.`,
      ]
    : []
