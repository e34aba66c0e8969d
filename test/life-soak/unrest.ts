import { setTimeout as pause } from 'node:timers/promises'
import { oneOf } from '../faults/random.js'
import type { Fleet } from './fleet.js'

export interface Unrest {
  /** Resolves when all nodes run again. */
  stop(): Promise<void>
}

const all = 0.1
const violent = 0.7
const calmMs = { least: 500, most: 3_000 }
const absenceMs = 1_000

/** Nodes are killed or stopped, one or all of them, and started again, until it stops. */
export function unrestIn(fleet: Fleet, random: () => number): Unrest {
  const over = new AbortController()
  const strikes = strike(fleet, random, over.signal)
  strikes.catch(() => over.abort()) // told by stop()
  return {
    async stop() {
      over.abort()
      await strikes
    },
  }
}

async function strike(fleet: Fleet, random: () => number, over: AbortSignal): Promise<void> {
  for (;;) {
    await pause(calmMs.least + random() * (calmMs.most - calmMs.least))
    if (over.aborted) return
    const nodes = random() < all ? fleet.numbers : [oneOf(fleet.numbers, random)]
    const signal = random() < violent ? 'SIGKILL' : 'SIGTERM'
    await Promise.all(nodes.map((node) => fleet.end(node, signal)))
    await pause(random() * absenceMs)
    await Promise.all(nodes.map((node) => fleet.start(node)))
  }
}
