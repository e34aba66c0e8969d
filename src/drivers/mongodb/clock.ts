import type { EpochMs } from '../../storage/contract.js'
import type { Call } from '../network/call.js'

interface Timed {
  readonly time: EpochMs
}

/** The clock of the server that accepts writes, compared with the clock of this process. */
export class ServerClock {
  #offsetMs: number | undefined

  /** Asks for the server's time. A difference to the last measurement that the round trip explains does not count. */
  async measure<Answer extends Timed>(ask: () => Promise<Answer>): Promise<Answer> {
    const askedAt = performance.now()
    const answer = await ask()
    const uncertainMs = (performance.now() - askedAt) / 2
    const offsetMs = answer.time - askedAt - uncertainMs
    // The server's time is in whole milliseconds.
    const isNews = this.#offsetMs === undefined || Math.abs(offsetMs - this.#offsetMs) > uncertainMs + 1
    if (Number.isFinite(offsetMs) && isNews) this.#offsetMs = offsetMs
    return answer
  }

  /** The caller's deadline by the clock of the server; undefined if there is none or the clock is unknown. */
  deadlineOf({ givesUpAt }: Call): Date | undefined {
    if (givesUpAt === undefined || this.#offsetMs === undefined) return undefined
    return new Date(Math.ceil(givesUpAt + this.#offsetMs))
  }
}
