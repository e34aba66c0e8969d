import type { ChangeListener } from '../../storage/contract.js'
import { Backoff } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import type { Ringbuffer } from './client.js'
import type { HazelcastConnection } from './connection.js'
import { messageIn } from './message.js'

const firstRetryMs = 50
const longestRetryMs = 2_000
const mostAtOnce = 1_000
const call = { operation: 'watch' }

interface Place {
  readonly ringbuffer: Ringbuffer
  /** The number of the next notice to read. */
  readonly next: number
}

/** A reader of the notices of one space, from the moment it starts until it is stopped. */
export class Listening {
  readonly #connection: HazelcastConnection
  readonly #name: string
  readonly #origin: string
  readonly #listener: ChangeListener
  readonly #stopped = new AbortController()

  private constructor(connection: HazelcastConnection, name: string, origin: string, listener: ChangeListener) {
    this.#connection = connection
    this.#name = name
    this.#origin = origin
    this.#listener = listener
  }

  /** Resolves, with a function that stops it, when no later notice can be missed. */
  static async start(
    connection: HazelcastConnection,
    name: string,
    origin: string,
    listener: ChangeListener,
  ): Promise<() => Promise<void>> {
    const listening = new Listening(connection, name, origin, listener)
    const place = await listening.#end()
    const { connects } = connection
    void listening.#keepOn(place, connects)
    return async () => listening.#stopped.abort()
  }

  /** The end of the ringbuffer. */
  async #end(): Promise<Place> {
    const ringbuffer = await this.#connection.ringbuffer(call, this.#name)
    const tail = await this.#connection.read(call, () => ringbuffer.tailSequence())
    return { ringbuffer, next: tail.toNumber() + 1 }
  }

  async #keepOn(begin: Place, firstConnect: number): Promise<void> {
    const { signal } = this.#stopped
    const pauses = new Backoff(firstRetryMs, longestRetryMs)
    let place = begin
    let connect = firstConnect
    while (!signal.aborted) {
      try {
        const next = await this.#read(place)
        // A cluster that was started anew counts from the beginning, and may by now have as many notices as the one before.
        if (connect !== this.#connection.connects) throw new Error('The connection was interrupted')
        place = { ...place, next }
        pauses.reset()
      } catch {
        await wait(systemClock, pauses.next(), signal)
        if (signal.aborted) return
        const { connects } = this.#connection
        const found = await this.#end().catch(() => undefined)
        if (!found || signal.aborted) continue
        place = found
        connect = connects
        this.#listener.onGap()
      }
    }
  }

  /** Waits for notices and reports them. Returns the number of the next one. */
  async #read({ ringbuffer, next }: Place): Promise<number> {
    const results = await ringbuffer.readMany(next, 1, mostAtOnce)
    if (this.#stopped.signal.aborted) return next
    if (results.size() > 0 && results.getSequence(0).toNumber() !== next) this.#listener.onGap()
    for (let n = 0; n < results.size(); n += 1) this.#hear(results.get(n))
    return results.getNextSequenceToReadFrom().toNumber()
  }

  #hear(text: string): void {
    const message = messageIn(text)
    if (!message || message.origin === this.#origin) return
    if (message.notice) this.#listener.onChange(message.notice)
    else this.#listener.onGap()
  }
}
