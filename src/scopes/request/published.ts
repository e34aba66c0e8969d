import { type Commit, channels, type Load } from '../../diagnostics/channels.js'
import { traced } from '../../diagnostics/traced.js'
import { isOutage } from '../../storage/guard/availability.js'
import { type Delta, isEmpty } from '../attributes/delta.js'
import type { CommitOutcome, HeadChange, OpenRecord } from '../record/open-record.js'
import { hasChange } from '../record/record-change.js'
import type { OpenResult } from '../record/strategy.js'
import type { Scope } from '../scope.js'

/*
 * The loads and commits of requests, and how they are published: without subscribers, no message is made.
 */

/** Publishes how a scope is opened; `open` completes the message. Called only while the channel has subscribers. */
export function publishedLoad<Opening extends Promise<unknown> | undefined>(
  scope: Scope,
  open: (load: Load) => Opening,
): Opening {
  const load: Load = namesOf(scope)
  return traced(channels.load, load, () => open(load))
}

/** Completes the message of a load that failed. */
export function loadFailed(load: Load, error: unknown): void {
  load.error = error
  if (isOutage(error)) load.outcome = 'unavailable'
}

/** Opens a record without a visitor's credential. */
export function openRecord(scope: Scope, id: string, isAccess: boolean): Promise<OpenResult> {
  const open = () => scope.strategy.open(id, undefined, isAccess)
  return channels.load.hasSubscribers ? publishedLoad(scope, (load) => outcomeOf(open(), load)) : open()
}

async function outcomeOf(opening: Promise<OpenResult>, load: Load): Promise<OpenResult> {
  try {
    const result = await opening
    load.outcome = result.status
    return result
  } catch (error) {
    loadFailed(load, error)
    throw error
  }
}

/** Commits a record. Not published if nothing has changed. */
export function commitRecord(
  scope: Scope,
  record: OpenRecord,
  delta: Delta,
  change: HeadChange,
): Promise<CommitOutcome> {
  const isPublished = channels.commit.hasSubscribers && !(record.stored && isEmpty(delta) && !hasChange(change))
  if (!isPublished) return record.commit(delta, change)
  const { set, unset } = delta
  const commit: Commit = { ...namesOf(scope), attributes: set.size + unset.size, bytes: bytesOf(set.values()) }
  const saving = () => record.commit(delta, change)
  return traced(channels.commit, commit, saving, (outcome) => {
    commit.outcome = outcome
  })
}

function namesOf({ environment: { application, settings }, kind, strategy }: Scope) {
  const mode = strategy.sealed ? 'sealed' : settings.cluster ? 'cluster' : 'memory-first'
  return { application, scope: kind, mode } as const
}

function bytesOf(attributes: Iterable<Uint8Array>): number {
  let bytes = 0
  for (const { byteLength } of attributes) bytes += byteLength
  return bytes
}
