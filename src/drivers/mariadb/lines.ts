import { Backoff } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import type { Place } from './address.js'
import type { Connector } from './connector.js'
import type { Line } from './line.js'

const firstRetryMs = 50
const longestRetryMs = 2_000
/** Well below the time after which the server gives up a session. */
const heartbeatMs = 20_000

/**
 * The connections to the server that accepts writes. Shared ones carry the statements of many calls one behind the other;
 * exclusive ones belong to one transaction at a time. Lost connections are made again in the background.
 */
export class Lines {
  readonly #connector: Connector
  readonly #count: number
  readonly #onConnected: (line: Line) => void
  #preferred: Place | undefined
  #shared: Line[] = []
  #idle: Line[] = []
  /** Exclusive connections, also those being made. */
  #exclusive = 0
  readonly #waiting: ((line: Line | undefined) => void)[] = []
  #lost: Error | undefined
  #isClosed = false
  #heartbeat: NodeJS.Timeout | undefined
  readonly #borrowed = new Set<Line>()

  constructor(connector: Connector, count: number, onConnected: (line: Line) => void) {
    this.#connector = connector
    this.#count = count
    this.#onConnected = onConnected
  }

  /** Connects to the server. Rejects with the first failure. */
  async open(): Promise<void> {
    const first = await this.connectAnew(false)
    this.#add(first)
    const others = Array.from({ length: this.#count - 1 }, () => this.#connector.connect(first.place))
    for (const line of await Promise.all(others)) this.#add(line)
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref()
  }

  /** Connects to the first of the servers that accepts writes, beginning with the one in use. */
  async connectAnew(bare: boolean): Promise<Line> {
    const { places, connect } = this.#connector
    const order = [...places].sort((a, b) => Number(b === this.#preferred) - Number(a === this.#preferred))
    let failure: unknown
    for (const place of order) {
      try {
        const line = await connect(place, bare)
        if (place !== this.#preferred) this.#moveTo(place)
        return line
      } catch (error) {
        failure ??= error
      }
    }
    throw failure
  }

  /** The shared connection that has the least to do. Throws the reason if there is none. */
  get shared(): Line {
    let best: Line | undefined
    for (const line of this.#shared) if (!best || line.pending < best.pending) best = line
    if (!best) throw this.#lost ?? new Error('There is no connection')
    return best
  }

  /** A connection for one transaction, in the order of asking. Must be given back. */
  async borrow(call: Call): Promise<Line> {
    const line = this.#idle.pop() ?? (await this.#another(call))
    this.#borrowed.add(line)
    return line
  }

  giveBack(line: Line): void {
    this.#borrowed.delete(line)
    const next = this.#waiting.shift()
    if (line.lost || this.#isClosed) {
      this.#exclusive -= 1
      next?.(undefined)
    } else if (next) next(line)
    else this.#idle.push(line)
  }

  /** Leaves the server: it no longer accepts writes, or does not answer. */
  leave(reason: Error): void {
    for (const line of [...this.#shared, ...this.#idle, ...this.#borrowed]) line.destroy(reason)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#heartbeat)
    for (const next of this.#waiting.splice(0)) next(undefined)
    await Promise.all([...this.#shared, ...this.#idle, ...this.#borrowed].map((line) => line.close()))
  }

  async #another(call: Call): Promise<Line> {
    void this.shared // throws the reason if there is no connection at all
    if (this.#exclusive < this.#count) {
      this.#exclusive += 1
      try {
        const line = await this.#connector.connect(this.#shared[0]?.place ?? this.shared.place)
        line.onLost((error, isDead) => this.#forget(line, error, isDead))
        return line
      } catch (error) {
        this.#exclusive -= 1
        this.#waiting.shift()?.(undefined)
        throw error
      }
    }
    const line = await this.#turn(call)
    throwIfGivenUpWith(line, call, this)
    return line ?? this.#idle.pop() ?? this.#another(call)
  }

  /** Resolves with a connection that was given back, or with none if the caller must look again. */
  #turn({ options }: Call): Promise<Line | undefined> {
    return new Promise((resolve) => {
      const signal = options?.deadline?.signal
      const take = (line: Line | undefined) => {
        signal?.removeEventListener('abort', giveUp)
        resolve(line)
      }
      const giveUp = () => {
        const place = this.#waiting.indexOf(take)
        if (place >= 0) this.#waiting.splice(place, 1)
        resolve(undefined)
      }
      this.#waiting.push(take)
      signal?.addEventListener('abort', giveUp)
    })
  }

  #add(line: Line): void {
    this.#shared.push(line)
    this.#lost = undefined
    line.onLost((error, isDead) => {
      this.#shared = this.#shared.filter((other) => other !== line)
      this.#lost = error
      if (isDead) this.leave(error)
      if (!this.#isClosed) void this.#replace()
    })
    this.#onConnected(line)
  }

  #forget(line: Line, error: Error, isDead: boolean): void {
    const place = this.#idle.indexOf(line)
    if (place >= 0) {
      this.#idle.splice(place, 1)
      this.#exclusive -= 1
    }
    if (isDead) this.leave(error)
  }

  /** Makes a lost connection again, however long it takes. */
  async #replace(): Promise<void> {
    const pauses = new Backoff(firstRetryMs, longestRetryMs)
    while (!this.#isClosed) {
      try {
        const line = await this.connectAnew(false)
        if (this.#isClosed) return line.close()
        return this.#add(line)
      } catch (error) {
        if (error instanceof Error) this.#lost = error
      }
      await wait(systemClock, pauses.next())
    }
  }

  #moveTo(place: Place): void {
    this.#preferred = place
    const reason = new Error('Another server accepts the writes now')
    for (const line of [...this.#shared, ...this.#idle, ...this.#borrowed])
      if (line.place !== place) line.destroy(reason)
  }

  #beat(): void {
    for (const line of this.#shared) this.#onConnected(line)
  }
}

/** Gives a connection back that came for a caller who has given up. */
function throwIfGivenUpWith(line: Line | undefined, call: Call, lines: Lines): void {
  try {
    throwIfGivenUp(call)
  } catch (error) {
    if (line) lines.giveBack(line)
    throw error
  }
}
