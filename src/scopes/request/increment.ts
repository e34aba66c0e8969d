import { ScopesError } from '../../errors/scopes-error.js'
import { checkAttributeName } from '../attributes/attribute-name.js'
import { incremented } from '../attributes/incremented.js'
import { checkNumber } from './arguments.js'
import { checkWritable } from './read-only-keys.js'
import type { RequestScope } from './request-scope.js'

/** Adds to a number in a request's record, after saving earlier changes. Throws TypeError, SCOPE_LOST, SCOPE_CHANGED. */
export async function increment(request: RequestScope, name: string, by: number): Promise<number> {
  const { kind: scope } = request.scope
  if (typeof name !== 'string') throw new TypeError('The name of an attribute is a string')
  checkNumber('What increment() adds', by)
  checkAttributeName(scope, name)
  checkWritable(scope, name)
  if (request.scope.transients.has(name)) return incrementTransient(request, name, by)
  const record = request.writable(name)
  if (!record.stored) {
    const sum = incremented(`${scope}.${name}`, record.attributes.get(name), by)
    request.set(name, sum)
    await request.commit()
    return sum
  }
  const { id } = record
  const isThere = (await request.commit()) !== 'missing'
  const sum = isThere ? await record.increment(name, by) : undefined
  if (sum !== undefined) {
    request.visitor.hold(record, 'saved')
    return sum
  }
  if (isThere) request.lose()
  throw new ScopesError('SCOPE_LOST', { scope, id })
}

function incrementTransient(request: RequestScope, name: string, by: number): number {
  const { kind, transients } = request.scope
  const { id } = request.keep(name)
  const sum = incremented(`${kind}.${name}`, transients.get(id, name), by)
  transients.set(id, name, sum, request.timeoutMs)
  return sum
}
