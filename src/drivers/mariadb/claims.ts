import { randomUUID } from 'node:crypto'
import type { CallOptions, Claim, ClaimOptions } from '../../storage/contract.js'
import { recordWith } from '../../storage/record.js'
import * as steps from '../../storage/steps.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import { callOf, throwIfGivenUp } from '../network/call.js'
import type { Database } from './database.js'
import type { Line } from './line.js'
import { attributesIn, bytes, type Found, foundIn } from './rows.js'

/** The pauses before a sweep looks again for records that others had locked. */
const pausesMs = [2, 5, 10, 20]

/** Claims due records, those due longest first. */
export async function claimDue(database: Database, space: number, options: ClaimOptions): Promise<readonly Claim[]> {
  const call = callOf('claimExpired', options)
  const { id, limit } = options
  if (id !== undefined) return database.transaction(call, (line) => claimOne(line, space, id, options))
  const claims: Claim[] = []
  let tries = 0
  for (;;) {
    const missing = limit - claims.length
    const swept = await database.transaction(call, (line) => sweep(line, space, options, missing))
    claims.push(...swept.claimed)
    if (claims.length >= limit) return claims
    if (swept.isCorrected) continue
    if (!swept.isPassedOver || tries === pausesMs.length) return claims
    // Whatever holds the records that were passed over does so for a moment.
    await wait(systemClock, pausesMs[tries] ?? 0, options.deadline?.signal)
    throwIfGivenUp(call)
    tries += 1
  }
}

/** Waits for a lock on the record, unlike a sweep, so that a record that is due is claimed. */
async function claimOne(line: Line, space: number, id: string, options: ClaimOptions): Promise<readonly Claim[]> {
  const [columns] = await line.rows('hold', space, bytes(id))
  if (!columns) return []
  const found = foundIn(columns)
  return steps.isDue(found.row, options.now) ? lease(line, space, [found], options) : []
}

/**
 * Looks at the first records by `wake_at`. Where that is early, it is corrected; then only those are claimed that are not due
 * later than a corrected one, and another sweep is needed.
 */
async function sweep(line: Line, space: number, options: ClaimOptions, limit: number) {
  const [rows, counts] = await Promise.all([
    line.rows('due', space, options.now, limit),
    line.rows('count-due', space, options.now, limit),
  ])
  const found = rows.map(foundIn)
  const early = found.filter(({ row, wakeAt }) => row.due !== wakeAt)
  const bound = Math.min(...early.map(({ row }) => row.due ?? Number.POSITIVE_INFINITY))
  const due = found.filter(({ row, wakeAt }) => row.due !== null && row.due === wakeAt && row.due <= bound)
  const [claimed] = await Promise.all([
    lease(line, space, due, options),
    ...early.map(({ row }) => line.change('wake', row.due, space, bytes(row.head.id))),
  ])
  const isPassedOver = Number(counts[0]?.due) > rows.length
  return { claimed, isCorrected: early.length > 0, isPassedOver }
}

function lease(line: Line, space: number, found: readonly Found[], options: ClaimOptions): Promise<Claim[]> {
  return Promise.all(found.map(({ row }) => leaseOne(line, space, row, options)))
}

async function leaseOne(line: Line, space: number, row: steps.Row, { now, leaseMs }: ClaimOptions): Promise<Claim> {
  const token = randomUUID()
  const until = now + leaseMs
  const attempt = (row.claim?.attempt ?? 0) + 1
  const key = bytes(row.head.id)
  const [, rows] = await Promise.all([
    line.change('claim', bytes(token), until, until, attempt, space, key),
    line.rows('attributes', space, key),
  ])
  return { token, attempt, record: recordWith(row.head, attributesIn(rows)) }
}

export async function renewClaims(
  database: Database,
  space: number,
  claims: readonly Claim[],
  options: CallOptions & { readonly leaseMs: number },
): Promise<readonly string[]> {
  const until = options.now + options.leaseMs
  return database.transaction(callOf('renew', options), (line) =>
    heldAmong(claims, (id, token) => line.change('renew', until, until, space, id, token)),
  )
}

export async function settleClaims(
  database: Database,
  space: number,
  claims: readonly Claim[],
  options: CallOptions,
): Promise<readonly string[]> {
  return database.transaction(callOf('settle', options), async (line) => {
    const settled = await heldAmong(claims, (id, token) => line.change('settle', space, id, token))
    await Promise.all(settled.map((id) => line.change('clear', space, bytes(id))))
    return settled
  })
}

/** The ids whose row the statement has found. In the order of ids, so that two nodes do not wait for each other. */
async function heldAmong(
  claims: readonly Claim[],
  send: (id: Buffer, token: Buffer) => Promise<number>,
): Promise<string[]> {
  const ordered = [...claims].sort((a, b) => (a.record.id < b.record.id ? -1 : 1))
  const found = await Promise.all(ordered.map(({ record, token }) => send(bytes(record.id), bytes(token))))
  return ordered.flatMap(({ record }, n) => (found[n] ? [record.id] : []))
}
