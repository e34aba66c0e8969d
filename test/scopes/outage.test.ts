import { beforeEach, describe, expect, it } from 'vitest'
import { identify } from '../../src/scopes/request/identification.js'
import { RequestScope } from '../../src/scopes/request/request-scope.js'
import { Scope } from '../../src/scopes/scope.js'
import type { Space } from '../../src/storage/contract.js'
import { StorageError } from '../../src/storage/storage-error.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { memorySpace, scopeEnvironment } from '../support/scope-environment.js'

/** More than the time after which a retry comes. */
const retryIsDue = 300

let clock: ManualClock
let space: Space
let isDown: boolean
let scope: Scope

/** A memory-first scope with room for three small records, whose store can go away. */
beforeEach(() => {
  clock = new ManualClock()
  space = memorySpace()
  isDown = true
  const save: Space['save'] = async (change, options) => {
    if (isDown)
      throw new StorageError('STORAGE_UNAVAILABLE', { cache: 'store', operation: 'save', reason: 'it is away' })
    return space.save(change, options)
  }
  const failing = Object.assign(Object.create(space), { save })
  const settings = { cluster: false, whenUnavailable: 'local', memoryBytes: 11_000 } as const
  scope = new Scope(scopeEnvironment({ space: failing, clock, settings }))
})

/** A visitor's first request. */
async function visit(): Promise<RequestScope> {
  const request = new RequestScope(scope)
  try {
    request.set('basket', 'x'.repeat(200))
    await request.commit()
  } finally {
    request.close()
    request.release()
  }
  return request
}

const countInStore = () => space.count({ now: clock.now() })

describe('44. while the store is away, a memory-first scope', () => {
  it('goes on in memory up to its limit; then further writes get 503 and no cookie', async () => {
    for (let n = 0; n < 3; n += 1) expect((await visit()).issued.kind).toBe('issued')
    const refused = new RequestScope(scope)
    refused.set('basket', 'x')
    await expect(refused.commit()).rejects.toMatchObject({
      code: 'SCOPE_MEMORY_FULL',
      status: 503,
      headers: { 'Retry-After': '5' },
    })
    refused.close()
    expect(refused.issued.kind).toBe('nothing')
  })

  it('brings all of it to the store when that is back, and has room again', async () => {
    for (let n = 0; n < 3; n += 1) await visit()
    await expect(visit()).rejects.toThrow()
    expect(await countInStore()).toBe(0)
    isDown = false
    await clock.advance(retryIsDue)
    expect(await countInStore()).toBe(3)
    await visit()
    expect(await countInStore()).toBe(4)
  })

  it('says at a shutdown how much it could not save', async () => {
    for (let n = 0; n < 3; n += 1) await visit()
    expect(await scope.strategy.backlog?.flush()).toBe(3)
  })

  it('ends a record that never reached the store as soon as it can, with its data, and leaves nothing of it', async () => {
    const { issued } = await visit()
    const credential = issued.kind === 'issued' ? issued.credential : undefined
    isDown = false
    const request = new RequestScope(scope)
    await identify(request, credential ? [credential] : [])
    await request.invalidate()
    expect(await countInStore()).toBe(0)
    const [claim] = await space.claimExpired({ now: clock.now(), limit: 1, leaseMs: 1_000 })
    expect(claim?.record).toMatchObject({ id: credential?.id, ending: 'invalidated' })
    expect([...(claim?.record.attributes.keys() ?? [])]).toEqual(['basket'])
  })
})
