import { jittered } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import { ClockOffset, type ClockReading, readClock } from '../network/clock-offset.js'
import { isConnectionLoss, isMomentary, isReadOnly, Late, storageFailure, Unanswered, Uncommitted } from './failure.js'
import type { Line } from './line.js'
import type { Lines } from './lines.js'

/** The pauses before another try, for a caller without a deadline at most this many. */
const pausesMs = [5, 10, 20, 50, 100, 100, 200, 200, 400, 400]
const longestPauseMs = 400
/** A time that no deadline reaches. */
const never = '9999-12-31 00:00:00.000'

/** Runs the statements of calls: in one write, or in a transaction of several. Rejects with a StorageError. */
export class Database {
  readonly #lines: Lines
  readonly #cache: string
  readonly #where: string
  readonly #clock = new ClockOffset()

  constructor(cache: string, where: string, linesOf: (onConnected: (line: Line) => void) => Lines) {
    this.#cache = cache
    this.#where = where
    this.#lines = linesOf((line) => void this.measureClock(line).catch(() => {})) // a lost line is replaced
  }

  async open(): Promise<void> {
    await this.#lines.open()
    await this.measureClock()
  }

  close(): Promise<void> {
    return this.#lines.close()
  }

  /** Compares the clocks. */
  async measureClock(line: Line = this.#lines.shared): Promise<ClockReading> {
    const reading = await readClock(async () => {
      const [rows] = await Promise.all([line.rows('clock'), line.commit()])
      return { time: Number(rows[0]?.time) / 1000 }
    })
    this.#clock.learn(reading)
    return reading
  }

  /** The caller's deadline by the clock of the server, as the statements take it. */
  deadlineOf({ givesUpAt }: Call): string {
    const time = this.#clock.timeOf(givesUpAt)
    return time === undefined ? never : new Date(time).toISOString().slice(0, -1).replace('T', ' ')
  }

  /**
   * Sends statements of which at most the first changes something, and a commit behind them, in one write. Later statements
   * are carried out although an earlier one fails, so a second change could be committed without the first.
   */
  atOnce<T>(call: Call, send: (line: Line) => Promise<T>): Promise<T> {
    return this.#repeated(call, async () => {
      const line = this.#lines.shared
      const [sent, committed] = await Promise.allSettled([send(line), line.commit()])
      const failure = committed.status === 'rejected' ? committed : sent.status === 'rejected' ? sent : undefined
      if (!failure) return (sent as PromiseFulfilledResult<T>).value
      if (isConnectionLoss(failure.reason)) throw new Unanswered('', { cause: failure.reason })
      throw failure.reason
    })
  }

  /** Runs a transaction: `run` may send, wait and send again. Committed when it resolves, unless the caller has given up. */
  transaction<T>(call: Call, run: (line: Line) => Promise<T>): Promise<T> {
    return this.#repeated(call, async () => {
      const line = await this.#lines.borrow(call)
      let committed: Promise<unknown>
      let result: T
      try {
        result = await run(line)
        throwIfGivenUp(call)
        committed = line.commit()
      } catch (error) {
        if (!line.lost) line.rollback().catch(() => {}) // the server undoes what a lost connection has begun
        throw isConnectionLoss(error) ? new Uncommitted('', { cause: error }) : error
      } finally {
        // The next transaction may send already: its statements are carried out after the commit.
        this.#lines.giveBack(line)
      }
      await committed.catch((cause) => {
        throw isConnectionLoss(cause) ? new Unanswered('', { cause }) : cause
      })
      return result
    })
  }

  /** Tries again what failed for the moment, until the caller gives up. */
  async #repeated<T>(call: Call, attempt: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt()
      } catch (error) {
        throwIfGivenUp(call)
        if (error instanceof Late) void this.measureClock().catch(() => {})
        if (error instanceof Error && isReadOnly(error)) this.#lines.leave(error)
        const pauseMs = pausesMs[tries] ?? (call.options?.deadline ? longestPauseMs : undefined)
        if (!isMomentary(error) || pauseMs === undefined) throw this.failure(error, call.operation)
        await wait(systemClock, jittered(pauseMs), call.options?.deadline?.signal)
        throwIfGivenUp(call)
      }
    }
  }

  /** Throws for a call that the server has refused because of its deadline. If its caller still waits, the clocks have moved. */
  refuseLate(call: Call): never {
    throwIfGivenUp(call)
    void this.measureClock().catch(() => {}) // the next call tells
    throw this.failure(new Late(), call.operation)
  }

  failure(error: unknown, operation: string) {
    return storageFailure(error, { cache: this.#cache, operation, where: this.#where })
  }
}
