import { performance } from 'node:perf_hooks'

/** Sends the n-th request. */
export type Send = (n: number) => Promise<unknown>

export interface Pace {
  readonly perSecond: number
  readonly connections: number
  readonly forMs: number
}

export interface Steady {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds from sending a request to the end of its response, unordered. */
  readonly latencies: readonly number[]
}

/**
 * Sends requests one by one at a fixed rate, but never more at once than there are connections: a server too slow for the
 * rate gets as many as it can answer. Ends when all are answered.
 */
export function steadily({ perSecond, connections, forMs }: Pace, send: Send): Promise<Steady> {
  return new Promise((resolve, reject) => {
    const begin = performance.now()
    const latencies: number[] = []
    let sent = 0
    let busy = 0
    let isOver = false
    const finish = () => resolve({ requests: sent, seconds: (performance.now() - begin) / 1000, latencies })
    const one = async () => {
      const from = performance.now()
      busy += 1
      await send(sent++)
      busy -= 1
      latencies.push(performance.now() - from)
      if (isOver && busy === 0) finish()
    }
    const timer = setInterval(() => {
      const elapsed = performance.now() - begin
      const due = Math.floor((Math.min(elapsed, forMs) * perSecond) / 1000)
      while (sent < due && busy < connections) one().catch(reject)
      if (elapsed < forMs) return
      clearInterval(timer)
      isOver = true
      if (busy === 0) finish()
    }, 1)
  })
}
