import { setMaxListeners } from 'node:events'
import { wait } from '../../src/support/clock.js'
import { systemClock } from '../../src/support/steady-clock.js'
import { randomFrom } from '../faults/random.js'
import type { Visit } from './history.js'
import { Requests, type Site } from './requests.js'
import type { Soak } from './run.js'
import { SoakVisitor } from './soak-visitor.js'

/** At a time: on a slow machine fewer sessions begin. */
const mostVisitors = 400
/** Sessions that begin at about the same time share a principal; so many do. */
const perPrincipal = 30

/** Lets sessions begin one after the other, as many as are planned in the time there is; what all visitors wrote down. */
export async function visitAll(site: Site, { seconds, sessions, seed }: Soak): Promise<Visit[]> {
  const log: Visit[] = []
  const present = new Set<Promise<void>>()
  const closing = AbortSignal.timeout(seconds * 1_000)
  setMaxListeners(0, closing) // each visitor listens
  const from = performance.now()
  for (let n = 0; n < sessions && !closing.aborted; n += 1) {
    const random = randomFrom(seed * sessions + n)
    const about = { session: `s${n}`, principal: `p${Math.floor(n / perPrincipal + random() * 2)}` }
    const requests = new Requests(about, site, (visit) => log.push(visit))
    const visitor: Promise<void> = new SoakVisitor(about, requests, random).live(closing).then(() => {
      present.delete(visitor)
    })
    visitor.catch(() => {}) // it stays among those present, for who waits for them
    present.add(visitor)
    await wait(systemClock, from + ((n + 1) / sessions) * seconds * 1_000 - performance.now(), closing)
    while (present.size >= mostVisitors) await Promise.race(present)
  }
  await Promise.all(present)
  return log
}
