import { setTimeout as pause } from 'node:timers/promises'
import { oneOf, randomFrom } from '../faults/random.js'
import type { Fleet } from './fleet.js'
import type { Site } from './requests.js'
import type { Soak } from './run.js'

const againMs = 20
const patienceMs = 60_000

/** Sends visitors to any node that runs, or (memory-first) to their own as long as it does. */
export function siteOf(fleet: Fleet, { mode, seed }: Soak): Site {
  const random = randomFrom(seed)
  const running = () => fleet.numbers.filter((node) => fleet.urlOf(node) !== undefined)
  const choice = (session: string) =>
    mode === 'cluster' ? oneOf(running(), random) : preferred(session, fleet.numbers).find((it) => fleet.urlOf(it))
  return {
    async nodeFor(session) {
      for (const until = performance.now() + patienceMs; running().length === 0; await pause(againMs))
        if (performance.now() > until) throw new Error('No node has come back')
      const node = choice(session) ?? 0
      return { node, url: fleet.urlOf(node) ?? '' }
    },
  }
}

/** The nodes in the order in which this session is sent to them. */
function preferred(session: string, nodes: readonly number[]): readonly number[] {
  const home = Number(session.replace(/\D/g, '')) % nodes.length
  return [...nodes.slice(home), ...nodes.slice(0, home)]
}
