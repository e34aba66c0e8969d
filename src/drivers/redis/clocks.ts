import type { Call } from '../network/call.js'
import { ClockOffset, type ClockReading, readClock } from '../network/clock-offset.js'
import type { RedisNode } from './client.js'

/** A larger difference between the clocks of a cluster's masters is a warning: they disagree on which records have expired. */
const tolerableSkewMs = 1_000

/** The clocks of the servers, compared with the clock of this process. */
export class ServerClocks {
  readonly #offset = new ClockOffset()

  /** Asks every server for its time; a server that does not answer is left out. The reading with the latest clock comes first. */
  async measure(masters: readonly RedisNode[]): Promise<readonly ClockReading[]> {
    const answers = await Promise.allSettled(masters.map(readingOf))
    const readings = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    readings.sort((a, b) => b.offsetMs - a.offsetMs)
    const [latest] = readings
    if (latest) this.#offset.learn(latest)
    return readings
  }

  /** The caller's deadline by the clock of Redis, or '' if unknown. The latest clock counts, so that no server refuses a call in time. */
  deadlineOf({ givesUpAt }: Call): number | '' {
    return this.#offset.timeOf(givesUpAt) ?? ''
  }
}

const readingOf = (master: RedisNode): Promise<ClockReading> =>
  readClock(async () => {
    const [seconds, microseconds] = (await master.callBuffer('time')) as [Buffer, Buffer]
    return { time: Number(seconds) * 1000 + Number(microseconds) / 1000 }
  })

/** A warning if the clocks differ too much. `readings` begin with the latest clock and end with the earliest. */
export function skewWarning(readings: readonly ClockReading[]): string[] {
  const skewMs = (readings[0]?.offsetMs ?? 0) - (readings.at(-1)?.offsetMs ?? 0)
  if (skewMs <= tolerableSkewMs) return []
  return [`The clocks of the masters are ${Math.round(skewMs)} ms apart. Synchronize them with one source of time.`]
}
