import { beforeEach, describe, expect, it } from 'vitest'
import { RequestScope } from '../../src/scopes/request/request-scope.js'
import { Scope } from '../../src/scopes/scope.js'
import { scopeEnvironment } from '../support/scope-environment.js'
import { UnreliableStore } from './memory-first/unreliable-store.js'

const minute = 60_000

let store: UnreliableStore
let ended: string[]
let scope: Scope

beforeEach(() => {
  store = new UnreliableStore()
  ended = []
  const { clock, space } = store
  const environment = scopeEnvironment({
    clock,
    space,
    settings: { cluster: false, timeoutMs: minute, transient: ['socket'] },
  })
  scope = new Scope(environment, async ({ id }) => void ended.push(id))
})

/** A visitor's first request; returns the id of the session. */
async function visit(): Promise<string> {
  const request = new RequestScope(scope)
  request.set('name', 'ada')
  await request.commit()
  const { issued } = request
  request.close()
  request.release()
  if (issued.kind !== 'issued') throw new Error('no session began')
  return issued.credential.id
}

describe('a memory-first scope', () => {
  it('ends nothing while it owes the store something, for an end handler gets everything that is known', async () => {
    const expiring = await visit()
    store.clock.jump(minute)
    store.isDown = true
    await visit()
    scope.upkeep?.start()
    await store.clock.advance(minute / 2)
    expect(ended).toEqual([])
    store.isDown = false
    await store.clock.advance(minute / 2)
    expect(ended).toEqual([expiring])
    await scope.upkeep?.stop()
  })
})

describe('a scope whose store has no notices', () => {
  it('reports the end of a record to its listeners within two sweeps or so', async () => {
    const heard: string[] = []
    const [present, absent] = [await visit(), await visit()]
    for (const id of [present, absent]) scope.ends.add(id, () => void heard.push(id))
    await store.end(absent)
    scope.upkeep?.start()
    await store.clock.advance(2_500)
    expect(heard).toEqual([absent])
    await scope.upkeep?.stop()
  })
})

describe('the transient attributes of a scope', () => {
  it('go with their record, however it ends', async () => {
    const ids = [await visit(), await visit(), await visit()]
    const [evicted = '', expiring = ''] = ids
    for (const id of ids) scope.transients.set(id, 'socket', {}, minute)
    scope.upkeep?.ended(evicted)
    expect(scope.transients.get(evicted, 'socket')).toBeUndefined()
    expect(scope.transients.get(expiring, 'socket')).toBeDefined()
    scope.upkeep?.start()
    store.clock.jump(minute - 1)
    for (const id of ids) scope.transients.get(id, 'socket')
    await store.clock.advance(minute / 2)
    expect(ended).toContain(expiring)
    expect(scope.transients.get(expiring, 'socket')).toBeUndefined()
    await scope.upkeep?.stop()
  })
})
