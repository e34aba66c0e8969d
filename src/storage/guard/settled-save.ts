import { isScopesError } from '../../errors/scopes-error.js'
import { Backoff } from '../../support/backoff.js'
import { type Clock, wait } from '../../support/clock.js'
import type { CallOptions, RecordChange, SaveResult, Space, Version } from '../contract.js'
import { throwIfPast } from '../deadline.js'
import { StorageError } from '../storage-error.js'

const firstPauseMs = 10
const longestPauseMs = 250

export interface Settlement {
  /** For messages. */
  readonly cache: string
  readonly clock: Clock
}

/**
 * Saves, and when the answer is lost asks again, under the version the caller holds, until the caller gives up: a
 * conflict with the version that was being written tells that it was applied. Any other means that nobody can know.
 * Throws SAVE_UNCERTAIN.
 */
export function settledSave(
  space: Space,
  change: RecordChange,
  { held, ...options }: CallOptions & { readonly held?: Version },
  settlement: Settlement,
): Promise<SaveResult> {
  return space.save(change, options).catch(async (error) => {
    if (!isScopesError(error, 'STORAGE_UNANSWERED')) throw error
    const again = repeatable(change, held)
    if (!again) throw uncertain(change, settlement, error)
    return settled(change, await askedAgain(space, again, options, settlement), settlement)
  })
}

/** As it can be asked for twice: a creation never overwrites, an end comes once; undefined when there is no telling. */
function repeatable(change: RecordChange, held: Version | undefined): RecordChange | undefined {
  if (change.mode === 'create' || change.ending !== undefined) return change
  const ifVersion = change.ifVersion ?? held
  return ifVersion === undefined ? undefined : { ...change, ifVersion }
}

async function askedAgain(
  space: Space,
  change: RecordChange,
  options: CallOptions,
  settlement: Settlement,
): Promise<SaveResult> {
  const { deadline } = options
  const pauses = new Backoff(firstPauseMs, longestPauseMs)
  for (;;) {
    try {
      return await space.save(change, options)
    } catch (error) {
      if (!mayComeBack(error)) throw uncertain(change, settlement, error)
    }
    await wait(settlement.clock, pauses.next(), deadline?.signal)
    throwIfPast(deadline)
  }
}

/** What the second answer says of the first attempt. */
function settled(change: RecordChange, result: SaveResult, settlement: Settlement): SaveResult {
  const applied: SaveResult = { status: 'saved', previous: change.version }
  switch (result.status) {
    case 'exists': // nobody else makes this id
      return applied
    case 'conflict':
      if (result.version === change.version) return applied
      throw uncertain(change, settlement)
    case 'unlocked':
      throw uncertain(change, settlement)
    case 'missing': // it has ended, which is all that an ending asks for
      return change.mode === 'update' && change.ending !== undefined ? applied : result
    default:
      return result
  }
}

const mayComeBack = (error: unknown): boolean =>
  isScopesError(error, 'STORAGE_UNANSWERED') || isScopesError(error, 'STORAGE_UNAVAILABLE')

const uncertain = ({ id }: RecordChange, { cache }: Settlement, cause?: unknown): StorageError =>
  new StorageError('SAVE_UNCERTAIN', { cache, id }, { cause })
