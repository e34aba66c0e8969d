import { claimExpired, count, list, load, lock, unlock } from './calls.js'
import { marks } from './odd-texts.js'
import type { World } from './world.js'

/** Later than anything falls due that ever does. */
const farFuture = 9e15
const leaseMs = 1
const mostClaims = 100

/** Throws when the space does not hold what it should. */
export async function judgeContent(world: World): Promise<void> {
  await judgeRecords(world)
  await judgeLocks(world)
  await judgeDueTimes(world)
}

async function judgeRecords(world: World): Promise<void> {
  const { cast, time: now } = world
  const ofEach = cast.principals.map((principal) => list({ now, limit: 2, principal }))
  await world.look([
    ...cast.ids.map((id) => load(id, { now })),
    ...[list({ now, limit: 1 }), ...ofEach],
    count({ now }, world.countsExactly),
  ])
}

/** When each lapses, and which token has it. */
async function judgeLocks(world: World): Promise<void> {
  for (const { head, lock: last } of world.oracle.rows.values()) {
    if (!last) continue
    await world.look([lock(head.id, { now: last.until - 1, token: 'another', leaseMs })])
    await world.look(marks.map((token) => unlock(head.id, { now: last.until, token })))
  }
}

/** Claims each record a millisecond before it is due, which it is not, and when it is. */
async function judgeDueTimes(world: World): Promise<void> {
  const due = [...world.oracle.rows.values()].flatMap(({ due }) => due ?? [])
  for (const at of [...new Set(due)].sort((a, b) => a - b))
    for (const now of [at - 1, at])
      await world.look([claimExpired({ now, limit: mostClaims, leaseMs: farFuture - now })])
  await world.look([claimExpired({ now: farFuture, limit: mostClaims, leaseMs })])
}
