import { isScopesError } from '../../errors/scopes-error.js'
import type { ChangeListener, ChangeNotice } from '../../storage/contract.js'
import { Backoff } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import type { HazelcastConnection } from './connection.js'
import { Listening } from './listening.js'
import { type Message, textOf } from './message.js'
import { noticesName } from './names.js'

const firstRetryMs = 50
const longestRetryMs = 2_000
const call = { operation: 'watch' }

/**
 * The notices of one space, in a ringbuffer: unlike a topic it keeps them while a node reconnects, and its numbers show
 * what was overwritten. A node that could not add a notice adds later that there is a gap.
 */
export class Notices {
  readonly #connection: HazelcastConnection
  readonly #name: string
  /** Identifies the notices of this node, which it ignores. */
  readonly #origin: string
  readonly #underWay = new Set<Promise<void>>()
  readonly #closed = new AbortController()
  /** How often notices have been missing since a gap was last reported. */
  #gapsOwed = 0

  constructor(connection: HazelcastConnection, prefix: string, space: string, origin: string) {
    this.#connection = connection
    this.#name = noticesName(prefix, space)
    this.#origin = origin
  }

  /** Adds a notice. No caller waits for it. */
  publish(notice: ChangeNotice): void {
    this.#track(this.#add({ origin: this.#origin, notice }).catch(() => this.publishGap()))
  }

  /** Makes every listener ask again, because a change was or may have been made without its notice. */
  publishGap(): void {
    this.#gapsOwed += 1
    if (this.#gapsOwed === 1) this.#track(this.#repay())
  }

  watch(listener: ChangeListener): Promise<() => Promise<void>> {
    return Listening.start(this.#connection, this.#name, this.#origin, listener)
  }

  /** Resolves when the notices under way have been added, or cannot be. */
  async close(): Promise<void> {
    this.#closed.abort()
    await Promise.all(this.#underWay)
  }

  async #repay(): Promise<void> {
    const { signal } = this.#closed
    const pauses = new Backoff(firstRetryMs, longestRetryMs)
    while (this.#gapsOwed > 0) {
      const owed = this.#gapsOwed
      const isAdded = await this.#add({ origin: this.#origin }).then(
        () => true,
        () => false,
      )
      // One that came up meanwhile may be younger than the gap that was added.
      if (isAdded) this.#gapsOwed = this.#gapsOwed === owed ? 0 : 1
      else if (signal.aborted) return
      else await wait(systemClock, pauses.next(), signal)
    }
  }

  async #add(message: Message): Promise<void> {
    const ringbuffer = await this.#connection.ringbuffer(call, this.#name)
    await this.#connection.write(call, () => ringbuffer.add(textOf(message)))
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work)
    void work.then(() => this.#underWay.delete(work))
  }
}

/** Whether a failed change may have been made all the same. */
export const mayHaveApplied = (error: unknown): boolean => !isScopesError(error, 'STORAGE_UNAVAILABLE')
