import { isScopesError } from '../../errors/scopes-error.js'
import { Backoff } from '../../support/backoff.js'
import { type Clock, wait } from '../../support/clock.js'
import type { CallOptions, RecordChange, SaveResult, Space, Version } from '../contract.js'
import { throwIfPast } from '../deadline.js'
import { StorageError } from '../storage-error.js'

const firstPauseMs = 10
const longestPauseMs = 250

interface SaveContext {
  /** For messages. */
  readonly cache: string
  readonly clock: Clock
}

/**
 * Saves. If the answer is lost, repeats the save under the version that the caller holds, until the caller gives up. A
 * conflict with the version of this save means that it was applied. Throws SAVE_UNCERTAIN if it stays unknown whether it was.
 */
export function confirmedSave(
  space: Space,
  change: RecordChange,
  options: CallOptions & { readonly held?: Version | undefined },
  context: SaveContext,
): Promise<SaveResult> {
  return space.save(change, options).catch(async (error) => {
    if (!isScopesError(error, 'STORAGE_UNANSWERED')) throw error
    const again = repeatable(change, options.held)
    if (!again) throw uncertain(change, context, error)
    return confirmed(change, await saveAgain(space, again, options, context), context)
  })
}

/** The change in a form that is safe to send twice: a create never overwrites, an end happens once. undefined if there is none. */
function repeatable(change: RecordChange, held: Version | undefined): RecordChange | undefined {
  if (change.mode === 'create' || change.ending !== undefined) return change
  const ifVersion = change.ifVersion ?? held
  return ifVersion === undefined ? undefined : { ...change, ifVersion }
}

async function saveAgain(
  space: Space,
  change: RecordChange,
  options: CallOptions,
  context: SaveContext,
): Promise<SaveResult> {
  const { deadline } = options
  const pauses = new Backoff(firstPauseMs, longestPauseMs)
  for (;;) {
    try {
      return await space.save(change, options)
    } catch (error) {
      if (!mayComeBack(error)) throw uncertain(change, context, error)
    }
    await wait(context.clock, pauses.next(), deadline?.signal)
    throwIfPast(deadline)
  }
}

/** The result of the first attempt, derived from the answer to the second. */
function confirmed(change: RecordChange, result: SaveResult, context: SaveContext): SaveResult {
  const applied: SaveResult = { status: 'saved', previous: change.version }
  switch (result.status) {
    case 'exists': // ids are random, so no other caller makes this one
      return applied
    case 'conflict':
      if (result.version === change.version) return applied
      throw uncertain(change, context)
    case 'unlocked':
      throw uncertain(change, context)
    case 'missing': // the record has ended, as an ending asks
      return change.mode === 'update' && change.ending !== undefined ? applied : result
    default:
      return result
  }
}

const mayComeBack = (error: unknown): boolean =>
  isScopesError(error, 'STORAGE_UNANSWERED') || isScopesError(error, 'STORAGE_UNAVAILABLE')

const uncertain = ({ id }: RecordChange, { cache }: SaveContext, cause?: unknown): StorageError =>
  new StorageError('SAVE_UNCERTAIN', { cache, id }, { cause })
