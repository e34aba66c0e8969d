import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Visitor } from '../support/visitor.js'
import type { Fleet } from './fleet.js'

/** So short that no living handler loses its claim of 30 s, though it may see two of them. */
const jumpMs = 13_000
/** Longer than any handler takes. */
const restMs = 1_200
/** In this time the claims of dead processes run out, and whatever failed is tried again. */
const quietRounds = 3
const mostRounds = 20

/** Lets time pass until nothing ends any more; the ids of what is left. */
export async function endAll(fleet: Fleet, journal: string): Promise<string[]> {
  let size = 0
  for (let round = 0, quiet = 0; round < mostRounds && quiet < quietRounds; round += 1) {
    await fleet.jump(jumpMs)
    await pause(restMs)
    const before = size
    size = (await stat(journal)).size
    quiet = size === before ? quiet + 1 : 0
  }
  return (await new Visitor().get(fleet.urlOf(0) ?? '', '/all')).json()
}
