import type { EpochMs } from '../../storage/contract.js'
import type { Call } from '../network/call.js'
import type { RedisNode } from './client.js'

export interface Reading {
  /** The time of the server, in ms since 1970. */
  readonly time: EpochMs
  /** How far the clock of the server is ahead of `performance.now()`, in ms. */
  readonly offsetMs: number
  /** The possible error of the offset, in ms. */
  readonly uncertainMs: number
}

/** A larger difference between the clocks of a cluster's masters is a warning: they disagree on which records have expired. */
const tolerableSkewMs = 1_000

/** The clocks of the servers, compared with the clock of this process. */
export class ServerClocks {
  #offsetMs: number | undefined

  /** Asks every server for its time; a server that does not answer is left out. The reading with the latest clock comes first. */
  async measure(masters: readonly RedisNode[]): Promise<readonly Reading[]> {
    const answers = await Promise.allSettled(masters.map(reading))
    const readings = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    readings.sort((a, b) => b.offsetMs - a.offsetMs)
    const [latest] = readings
    if (latest && this.#isNews(latest)) this.#offsetMs = latest.offsetMs
    return readings
  }

  /** The caller's deadline by the clock of Redis, or '' if unknown. The latest clock counts, so that no server refuses a call in time. */
  deadlineOf({ givesUpAt }: Call): number | '' {
    if (givesUpAt === undefined || this.#offsetMs === undefined) return ''
    return Math.ceil(givesUpAt + this.#offsetMs)
  }

  /** Whether an offset is new: differences that the round trip explains do not count. */
  #isNews({ offsetMs, uncertainMs }: Reading): boolean {
    return this.#offsetMs === undefined || Math.abs(offsetMs - this.#offsetMs) > uncertainMs
  }
}

async function reading(master: RedisNode): Promise<Reading> {
  const askedAt = performance.now()
  const [seconds, microseconds] = (await master.callBuffer('time')) as [Buffer, Buffer]
  const uncertainMs = (performance.now() - askedAt) / 2
  const time = Number(seconds) * 1000 + Number(microseconds) / 1000
  return { time, offsetMs: time - askedAt - uncertainMs, uncertainMs }
}

/** A warning if the clocks differ too much. `readings` begin with the latest clock and end with the earliest. */
export function skewWarning(readings: readonly Reading[]): string[] {
  const skewMs = (readings[0]?.offsetMs ?? 0) - (readings.at(-1)?.offsetMs ?? 0)
  if (skewMs <= tolerableSkewMs) return []
  return [`The clocks of the masters are ${Math.round(skewMs)} ms apart. Synchronize them with one source of time.`]
}
