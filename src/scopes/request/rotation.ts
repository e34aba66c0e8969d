import type { RecordUpdate } from '../../storage/contract.js'
import { isUncertain } from '../../storage/guard/availability.js'
import { type Delta, nothing } from '../attributes/delta.js'
import { newSecret, sealOf } from '../record/credential.js'
import type { HeadChange } from '../record/open-record.js'
import { withReplaced } from '../record/replaced-seals.js'
import type { Scope } from '../scope.js'
import { checkNames } from './arguments.js'
import type { RequestScope } from './request-scope.js'

/** Restores the old secret and the old principal of the record, as far as they were changed. No credential is issued. */
export type UndoRotation = () => Promise<void>

/**
 * Gives a request's record a new secret, and applies `change` in the same step, together with the changes of the request or
 * only with `delta`. A record that is not stored yet keeps its secret, and is stored. If the result is not known, the request
 * fails, and what may be stored is undone when the store answers again: the visitor keeps the old secret.
 */
export async function rotate(request: RequestScope, change: HeadChange = {}, delta?: Delta): Promise<UndoRotation> {
  request.state.assertOpen('rotate()')
  request.visitor.assertCanIssue('rotate()')
  const { record, scope, visitor } = request
  const { kind, environment } = scope
  if (!record?.stored) {
    if (Object.keys(change).length === 0) return async () => {}
    const { id } = request.writable('rotate()')
    const undo = { principal: null, dropIfEmpty: true }
    await orUndone(scope, request.commitWith(change, delta), { id, ...undo })
    return () => request.commitWith(undo, nothing)
  }
  const { id } = record
  const secret = newSecret()
  const from = visitor.seal
  const to = sealOf(secret)
  const reseal = (before: string, after: string) => {
    const replaced = withReplaced(record.head.replaced, before, environment.clock.now())
    return { from: before, to: after, replaced }
  }
  const { principal, description } = record.head
  const former = change.principal === undefined ? {} : { principal, ...(change.description && { description }) }
  const undo = () => ({ reseal: reseal(to, from), ...former })
  const saving = request.commitWith({ reseal: reseal(from, to), ...change }, delta)
  await orUndone(scope, saving, { id, ...undo() })
  visitor.seal = to
  visitor.issue({ id, secret })
  environment.emit(`${kind}:rotate`, { scope: kind, id })
  return async () => {
    await request.commitWith(undo(), nothing)
    visitor.seal = from
    visitor.withdraw()
  }
}

/**
 * Waits for a save. If its result is not known, `undo` is saved later: it changes nothing where the save was not applied. A
 * sealed record is saved only in the response, which then does not carry it.
 */
async function orUndone(
  scope: Scope,
  saving: Promise<void>,
  undo: Omit<RecordUpdate, 'mode' | 'version'>,
): Promise<void> {
  try {
    await saving
  } catch (error) {
    if (isUncertain(error) && !scope.strategy.sealed) {
      const { clock, newVersion, space } = scope.storedFor('rotate()')
      scope.undoings.add(() => space.save({ mode: 'update', version: newVersion(), ...undo }, { now: clock.now() }))
    }
    throw error
  }
}

/** Gives a request's record a new secret and keeps only the attributes in `keep`. If that fails, all attributes are kept. */
export async function rotateKeeping(request: RequestScope, keep: readonly string[]): Promise<void> {
  checkNames(keep)
  request.visitor.assertCanIssue('rotate()')
  const { record } = request
  for (const name of record?.attributes.names() ?? []) if (!keep.includes(name)) request.delete(name)
  try {
    await rotate(request, record?.stored ? { clear: { except: keep } } : {})
  } catch (error) {
    request.discard()
    throw error
  }
  const { environment, transients } = request.scope
  for (const name of environment.settings.transient)
    if (record && !keep.includes(name)) transients.delete(record.id, name)
}
