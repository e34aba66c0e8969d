/** All attacks at once, in a process of their own, so that they slow down no honest visitor except through the node. */

import { setMaxListeners } from 'node:events'
import { constants, setPriority } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { randomFrom } from '../faults/random.js'
import { Visitor } from '../support/visitor.js'
import { attacks, type Target } from './attacks.js'
import type { Attack } from './history.js'

/** argv[2] as JSON. */
export interface Orders {
  readonly url: string
  readonly ids: readonly string[]
  readonly seed: number
  /** The attackers stop by themselves after this time, and stay connected until they are told to go. */
  readonly seconds: number
  /** The kinds of attacks. */
  readonly kinds: readonly string[]
}

/** What they report when they have stopped; a message from the parent lets them go. */
export type Report = readonly Attack[]

const { ids, kinds, seconds, seed, url }: Orders = JSON.parse(process.argv[2] ?? '')
/** Enough for each attack to meet its limit, also on a machine that has hardly time for it. */
const leastBlows = 15
// In reality they compute on machines of their own. Here they take only what the node and the honest visitors leave.
setPriority(constants.priority.PRIORITY_LOW)
const gone = new AbortController()
setMaxListeners(0, gone.signal) // each request listens
const until = performance.now() + seconds * 1_000

async function attack([kind, { pauseMs, prepare, strike }]: (typeof all)[number], number: number): Promise<Attack> {
  const answers: Record<number, number> = {}
  const count = (status: number) => {
    answers[status] = (answers[status] ?? 0) + 1
  }
  const target: Target = { url, ids, random: randomFrom(seed + number), count, over: gone.signal }
  const own = (await prepare?.(target)) ?? new Visitor()
  for (let blow = 0; blow < leastBlows || performance.now() < until; blow += 1) {
    await strike(target, own, blow)
    await pause(pauseMs)
  }
  return { kind, answers }
}

const all = Object.entries(attacks).filter(([kind]) => kinds.includes(kind))
const report: Report = await Promise.all(all.map(attack))
process.once('message', () => {
  gone.abort()
  process.disconnect()
})
process.send?.(report)
