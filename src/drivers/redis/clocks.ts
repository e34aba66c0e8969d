import type { EpochMs } from '../../storage/contract.js'
import type { Call } from './call.js'
import type { RedisNode } from './client.js'

export interface Reading {
  /** What the server said, in ms since 1970. */
  readonly time: EpochMs
  /** How far the clock of the server is ahead of `performance.now()`, in ms. */
  readonly offsetMs: number
  /** By how much that may be wrong. */
  readonly uncertainMs: number
}

/** From here on the masters of a cluster disagree too much about what has expired. */
const tolerableSkewMs = 1_000

/** The clocks of the servers beside the one of this process. */
export class ServerClocks {
  #offsetMs: number | undefined

  /** Asks every server for its time. One that does not answer is left out. The latest comes first. */
  async measure(masters: readonly RedisNode[]): Promise<readonly Reading[]> {
    const answers = await Promise.allSettled(masters.map(reading))
    const readings = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    readings.sort((a, b) => b.offsetMs - a.offsetMs)
    const [latest] = readings
    if (latest && this.#isNews(latest)) this.#offsetMs = latest.offsetMs
    return readings
  }

  /** When the caller gives up by the clock of Redis; the latest of all servers', so that none refuses what is in time. */
  deadlineOf({ givesUpAt }: Call): number | '' {
    if (givesUpAt === undefined || this.#offsetMs === undefined) return ''
    return Math.ceil(givesUpAt + this.#offsetMs)
  }

  /** Differences that the way explains are none. */
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

/** What the latest clock first and the earliest last say of each other. */
export function skewWarning(readings: readonly Reading[]): string[] {
  const skewMs = (readings[0]?.offsetMs ?? 0) - (readings.at(-1)?.offsetMs ?? 0)
  if (skewMs <= tolerableSkewMs) return []
  return [`The clocks of the masters are ${Math.round(skewMs)} ms apart. Let all of them follow one source of time.`]
}
