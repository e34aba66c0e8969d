import { randomUUID } from 'node:crypto'
import type { Pause } from '../claim-rounds.js'
import type { Claim, EpochMs, Space, StoredRecord, Version } from '../contract.js'
import { isOutage } from '../guard/availability.js'
import { moved } from '../record.js'
import { StorageError } from '../storage-error.js'
import { arrival, confirmation, departure, isLater, isWithdrawn, versionBefore, withdrawal } from './carried-record.js'

/** The way of a record from one store to another. */
export interface Route {
  readonly from: Space
  readonly to: Space
  /** The name of the cache that `to` belongs to, for messages. */
  readonly cache: string
  readonly pause: Pause
  /** Gets the claim on a record that was found due in one of the stores: its end is the reaper's. */
  readonly onDue: (claim: Claim, store: Space, now: EpochMs) => Promise<void>
}

/**
 * The result of a move. `moved`: this call has taken the record away, or found it on its way and brought it to its end.
 * `held`: another node has locked the record, or changed it meanwhile; it stays where it is. `refused`: so it does, because the
 * visitor's secret is wrong. `absent`: the store does not have it.
 */
export type MoveResult = 'moved' | 'held' | 'refused' | 'absent'

/** How long a node has the lock of a record that it moves. */
const moveLeaseMs = 5_000
/** How long a node that has claimed several records keeps them until it knows which are on their way. */
export const sortingLeaseMs = 1_000
/** After a longer pause between departure and arrival, the record may have been brought in by another node, and ended since. */
const longestGapMs = 1_000
/**
 * A record departs so much before the time of its node. Nodes whose clocks are late by less, and requests that began before,
 * can claim it at once if this node dies.
 */
const skewMs = 500
/** The most attempts to bring in a record whose id the other store has not released yet. */
const mostTries = 20
/** How often a node that was overtaken looks whether the other one keeps what it has brought in. */
const mostLooks = 3

/**
 * Moves one record, so that it is live in one store at most, at any moment: it departs (`ending: 'moved'`), arrives, and
 * then the old store forgets it. If this node dies in between, the record waits in the old store, due and with all it has;
 * the next node that needs it, or the next sweep, claims it and brings it to its end (`arrive`). With a seal, it moves only a
 * record that has it.
 */
export async function move(route: Route, id: string, now: EpochMs, seal?: string): Promise<MoveResult> {
  const result = await moveLive(route, id, now, seal)
  return result === 'absent' ? rescue(route, id, now) : result
}

/** Same as `move`, but leaves a record alone that another node has taken away and not brought in. */
export async function moveLive(route: Route, id: string, now: EpochMs, seal?: string): Promise<MoveResult> {
  const found = await route.from.load(id, { now, seal })
  if (found.status === 'refused') return found.status
  return found.status === 'loaded' ? take(route, found.record, now) : 'absent'
}

/** Takes a live record away, under its lock: a handler that works under this lock keeps its record where it is. */
async function take(route: Route, record: StoredRecord, now: EpochMs): Promise<MoveResult> {
  const { from, to } = route
  const { id, version } = record
  const token = from.lock && randomUUID()
  if (token !== undefined && (await from.lock?.(id, { now, token, leaseMs: moveLeaseMs })) !== 'taken') return 'held'

  const leaving = departure(record, now, token)
  const departedAt = performance.now()
  const departed = await from.save(leaving, { now: now - skewMs })
  if (departed.status !== 'saved') {
    if (token !== undefined) await from.unlock?.(id, { now, token })
    return 'held'
  }
  // Another version: the answer was lost, and it is not known which change took the record away.
  const isCertain = departed.previous === version && performance.now() - departedAt < longestGapMs
  if (isCertain && (await to.save(arrival(record), { now })).status === 'saved')
    await tidy(route, record, leaving.version, now)
  else await finish(route, id, now, isCertain ? leaving.version : undefined)
  return 'moved'
}

/**
 * Has the old store forget a record that has arrived. A sweep does it later if the store is unavailable now. `departed`: the version
 * of its departure.
 */
async function tidy(route: Route, arrived: StoredRecord, departed: Version, now: EpochMs): Promise<void> {
  const { from, to } = route
  const { id, version } = arrived
  try {
    const [claim] = await takeOver(from, id, now)
    if (!claim) return await withdrawUnlessKept(route, id, version, now)
    // Another node has moved the record back meanwhile, and there it has ended.
    if (claim.record.ending !== moved) return await route.onDue(claim, from, now)
    // Or from there it has departed again.
    if (claim.record.version !== departed) return await arrive(route, claim, now)
    const { hits, idleMs, touchedAt } = claim.record
    // Visits between the load and the departure, which change no version.
    const touch = { touchedAt, hits: hits - arrived.hits }
    const prolong = arrived.idleMs === null ? {} : { prolong: { fromMs: arrived.idleMs, toMs: idleMs } }
    if (touch.hits > 0 || touchedAt > arrived.touchedAt) await to.load(id, { now, touch, ...prolong })
    await from.settle([claim], { now })
  } catch (error) {
    if (!isOutage(error)) throw error
  }
}

/**
 * Called when another node has overtaken this one between departure and arrival. Either it found this node's record in the new
 * store and keeps it, which changes its version; or it had brought in the record itself, which has ended or moved on since. Then
 * what this node brought in is one too many, and goes.
 */
async function withdrawUnlessKept({ pause, to }: Route, id: string, version: Version, now: EpochMs): Promise<void> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const found = await to.load(id, { now })
    if (found.status !== 'loaded' || found.record.version !== version) return
    await pause(looks)
  }
  if ((await to.save(withdrawal(id, version), { now })).status !== 'saved') return
  await to.settle(
    (await takeOver(to, id, now)).filter(({ record }) => isWithdrawn(record)),
    { now },
  )
}

/** Looks for a record that a node has taken away and not brought in, in either direction. */
async function rescue(route: Route, id: string, now: EpochMs): Promise<MoveResult> {
  if (await finish(route, id, now)) return 'moved'
  return (await finish({ ...route, from: route.to, to: route.from }, id, now)) ? 'moved' : 'absent'
}

/** Brings a record that is on its way to its end, if this node can claim it. `departed`: the version of this node's own departure. */
async function finish(route: Route, id: string, now: EpochMs, departed?: Version): Promise<boolean> {
  const [claim] = await takeOver(route.from, id, now)
  if (claim?.record.ending === moved) {
    await arrive(route, claim, now, claim.record.version === departed)
    return true
  }
  if (claim) await route.onDue(claim, route.from, now)
  return false
}

/**
 * Brings in a claimed record. If its id is taken in the other store, the record may be there already, or have ended there since:
 * then it is not brought in again. Or both stores have it on its way, since a node that has moved it died before it tidied up: then the
 * one that departed first is the rest of that move, and goes. `isNew`: this node has just taken the record away from the old store,
 * so it is neither there nor ended, and such a rest is older.
 */
export async function arrive(route: Route, claim: Claim, now: EpochMs, isNew = false): Promise<void> {
  const { cache, from, onDue, pause, to } = route
  const { id } = claim.record
  if (isWithdrawn(claim.record)) return settle(from, claim, now)
  const version = versionBefore(claim.record.version)
  for (let tries = 0; tries < mostTries; tries += 1) {
    // Another node may have brought it in meanwhile, where it may have ended since: then it must not come back.
    if ((await from.renew([claim], { now, leaseMs: 0 })).length === 0) return
    if ((await to.save(arrival(claim.record), { now })).status === 'saved') {
      const settled = await from.settle([claim], { now })
      if (settled.length === 0) await withdrawUnlessKept(route, id, version, now)
      return
    }
    if (await keeps(to, id, version, now)) return settle(from, claim, now)
    const [present] = await takeOver(to, id, now)
    if (present?.record.ending === moved) {
      if (isNew || isWithdrawn(present.record) || isLater(claim.record, present.record)) await settle(to, present, now)
      else {
        await settle(from, claim, now)
        return arrive({ ...route, from: to, to: from }, present, now)
      }
    } else if (present) {
      await onDue(present, to, now)
      return settle(from, claim, now)
    } else if (isNew) await pause(tries)
    else break
  }
  await from.renew([claim], { now, leaseMs: 0 })
  if (!isNew) return
  const reason = `another node does not release the record ${id}`
  throw new StorageError('STORAGE_UNAVAILABLE', { cache, operation: 'move', reason })
}

/** Whether the record is in the store already. If it is as it departed, its version changes, so that the node that brought it in leaves it there. */
async function keeps(to: Space, id: string, version: Version, now: EpochMs): Promise<boolean> {
  const found = await to.load(id, { now })
  if (found.status !== 'loaded') return false
  if (found.record.version !== version) return true
  return (await to.save(confirmation(id, version), { now })).status !== 'missing'
}

/**
 * Claims a record that is not live, also from a node that is bringing it in, whose claim has no lease either. The claims of end
 * handlers have one. Never with a time ahead of the caller's: that would end a live record early.
 */
function takeOver(space: Space, id: string, now: EpochMs): Promise<readonly Claim[]> {
  return space.claimExpired({ id, limit: 1, now, leaseMs: 0 })
}

async function settle(space: Space, claim: Claim, now: EpochMs): Promise<void> {
  await space.settle([claim], { now })
}
