import { setTimeout } from 'node:timers/promises'
import { backoffDelay } from '../support/backoff.js'
import type { Claim } from './contract.js'

/** The most attempts at what other processes are faster at; together they take about five seconds. */
export const mostTries = 100
const firstPauseMs = 1
const longestPauseMs = 64

/** A wait before the next attempt; `tries` were made before the last one. */
export type Pause = (tries: number) => Promise<unknown>

/** Random, and longer with the tries, so that processes that met once do not meet again. */
export const randomPause: Pause = (tries) => setTimeout(backoffDelay(tries, firstPauseMs, longestPauseMs))

export interface Round {
  readonly claims: readonly Claim[]
  /** Nothing more is due. */
  readonly isOver: boolean
}

/** Claims of up to `limit` records, in rounds: `claim` looks for at most so many due records and claims those that it still can. */
export async function claimInRounds(
  limit: number,
  claim: (limit: number) => Promise<Round>,
  pause: Pause = randomPause,
): Promise<readonly Claim[]> {
  const all: Claim[] = []
  for (let tries = 0; all.length < limit && tries < mostTries; ) {
    const { claims, isOver } = await claim(limit - all.length)
    if (isOver) break
    all.push(...claims)
    // Other callers claimed all of them, and may be about to claim the next ones too.
    if (claims.length === 0) await pause(tries++)
  }
  return all
}
