import { type Delta, nothing } from '../attributes/delta.js'
import { newSecret, sealOf } from '../record/credential.js'
import type { HeadChange } from '../record/open-record.js'
import { withReplaced } from '../record/replaced-seals.js'
import { checkNames } from './arguments.js'
import type { RequestScope } from './request-scope.js'

/** Restores the old secret of the record, and applies `change` in the same step. No credential is issued. */
export type UndoRotation = (change: HeadChange) => Promise<void>

/**
 * Gives a request's record a new secret, and applies `change` in the same step, together with the changes of the request or
 * only with `delta`. A record that is not stored yet keeps its secret, and is stored.
 */
export async function rotate(request: RequestScope, change: HeadChange = {}, delta?: Delta): Promise<UndoRotation> {
  request.state.assertOpen('rotate()')
  const { record, scope, visitor } = request
  if (!record?.stored) {
    if (Object.keys(change).length > 0) await request.commitWith(change, delta)
    return async () => {}
  }
  const { id } = record
  const secret = newSecret()
  const from = visitor.seal
  const to = sealOf(secret)
  const reseal = (before: string, after: string) => {
    const replaced = withReplaced(record.head.replaced, before, scope.environment.clock.now())
    return { from: before, to: after, replaced }
  }
  await request.commitWith({ reseal: reseal(from, to), ...change }, delta)
  visitor.seal = to
  visitor.issue({ id, secret })
  scope.environment.emit(`${scope.kind}:rotate`, { scope: scope.kind, id })
  return async (undoing) => {
    await request.commitWith({ reseal: reseal(to, from), ...undoing }, nothing)
    visitor.seal = from
    visitor.withdraw()
  }
}

/** Gives a request's record a new secret and keeps only the attributes in `keep`. If that fails, all attributes are kept. */
export async function rotateKeeping(request: RequestScope, keep: readonly string[]): Promise<void> {
  checkNames(keep)
  const { record } = request
  for (const name of record?.attributes.names() ?? []) if (!keep.includes(name)) request.delete(name)
  try {
    await rotate(request, record?.stored ? { clear: { except: keep } } : {})
  } catch (error) {
    request.discard()
    throw error
  }
}
