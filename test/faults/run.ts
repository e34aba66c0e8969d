import { setTimeout as pause } from 'node:timers/promises'
import { check, type Verdict } from './checker.js'
import type { Fault } from './faults.js'
import { LoadVisitor, type Site } from './load-visitor.js'
import { isAcknowledged, type Operation } from './operation.js'
import { randomFrom } from './random.js'
import type { Topology } from './topology.js'
import type { World } from './world.js'

export interface Run {
  readonly log: readonly Operation[]
  readonly verdict: Verdict
  /** By `performance.now()`. */
  readonly healedAt: number
}

const visitorCount = 50
const calmMs = 500
const recoveryMs = 1_000
/** For a node to connect again. */
const patienceMs = 10_000

/** Lets visitors come, lets the fault strike among them, and judges what they wrote down. */
export async function run<T extends Topology>(world: World<T>, fault: Fault<T>, seed: number): Promise<Run> {
  const log: Operation[] = []
  const leave = new AbortController()
  const visits = Array.from({ length: visitorCount }, (_, n) => {
    const random = randomFrom(seed * visitorCount + n)
    return new LoadVisitor(`visitor-${n}`, world, random, (operation) => log.push(operation)).browse(leave.signal)
  })
  await pause(calmMs)
  const { at: healedAt, forgotten } = await fault.strike(world, randomFrom(seed))
  await pause(recoveryMs)
  await allBack(world, log, healedAt)
  leave.abort()
  await Promise.all(visits)
  const final = await world.inspect(log)
  await fault.mend?.(world)
  return { log, healedAt, verdict: check(log, { final, ...(forgotten && { forgotten }) }) }
}

/** Resolves when each node has answered with success, or not within its time. */
async function allBack({ urls }: Site, log: readonly Operation[], healedAt: number): Promise<void> {
  const isBack = (node: number) => log.some((it) => it.node === node && it.start >= healedAt && isAcknowledged(it))
  while (performance.now() < healedAt + patienceMs && !urls.every((_, node) => isBack(node))) await pause(20)
}
