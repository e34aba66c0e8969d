import { beforeEach, describe, expect, it } from 'vitest'
import { type Credential, newSecret, sealOf } from '../../../src/scopes/record/credential.js'
import { commit, decoded, MemoryFirstNode } from './memory-first-node.js'
import { UnreliableStore } from './unreliable-store.js'

const minute = 60_000

let store: UnreliableStore
let node: MemoryFirstNode
let visitor: Credential

/** A record whose visitor came here during an outage, until its life ran out in the store. */
beforeEach(async () => {
  store = new UnreliableStore()
  node = new MemoryFirstNode(store)
  visitor = await node.begin({ name: 'ada' })
  await outliveStore()
})

async function outliveStore(): Promise<void> {
  store.isDown = true
  store.clock.jump(20 * minute)
  await node.read(visitor)
  store.isDown = false
  store.clock.jump(12 * minute)
}

const stranger = () => ({ id: visitor.id, secret: newSecret() })

/** The visitor's next request. */
async function succession(): Promise<Credential> {
  const { issued } = await node.read(visitor)
  if (!issued) throw new Error('no credential was issued')
  return issued
}

describe('a record whose life ran out in a store that could not be informed of its visits', () => {
  it('goes on under a new id, which the visitor is given the credential of', async () => {
    const sight = await node.read(visitor)
    expect(sight).toMatchObject({ status: 'opened', values: { name: 'ada' } })
    const issued = sight.issued as Credential
    expect(issued.id).not.toBe(visitor.id)
    expect(decoded((await store.record(issued.id))?.attributes)).toEqual({ name: 'ada' })
    expect(await node.read(issued)).toEqual({ status: 'opened', values: { name: 'ada' } })
    expect(node.events).toEqual([])
  })

  it('opens for a minute with the old credential, and gives the new one again', async () => {
    const issued = await succession()
    await store.clock.advance(minute - 1)
    expect(await node.read(visitor)).toEqual({ status: 'opened', values: { name: 'ada' }, issued })
    await store.clock.advance(1)
    expect(await node.read(visitor)).toEqual({ status: 'missing' })
  })

  it('opens no more with the old credential when it has ended under the new id', async () => {
    const { id } = await succession()
    await store.end(id)
    node.strategy.forget(id)
    expect(await node.read(visitor)).toEqual({ status: 'missing' })
  })

  it('opens no more with the old credential when its life under the new id has run out', async () => {
    node = new MemoryFirstNode(store, { timeoutMs: 30_000 })
    visitor = await node.begin({ name: 'ada' })
    store.isDown = true
    store.clock.jump(20_000)
    await node.read(visitor)
    store.isDown = false
    store.clock.jump(15_000)
    await succession()
    store.clock.jump(31_000)
    expect(await node.read(visitor)).toEqual({ status: 'missing' })
  })

  it('opens no more with the old credential when the new one was replaced', async () => {
    const request = await node.open(await succession())
    const reseal = { from: request.head.seal, to: sealOf(newSecret()), replaced: '' }
    expect(await request.commit(request.attributes.delta(), { reseal })).toBe('saved')
    request.release()
    expect(await node.read(visitor)).toEqual({ status: 'missing' })
  })

  it('goes on once, however many requests come at a time', async () => {
    const sights = await Promise.all([1, 2, 3, 4, 5].map(() => node.read(visitor)))
    expect(new Set(sights.map(({ issued }) => issued?.id)).size).toBe(1)
    expect(await node.environment.space.count({ now: store.clock.now() })).toBe(1)
  })

  it('is missing to a visitor with another secret, who is given nothing: before, while and after it is stored', async () => {
    expect(await node.read(stranger())).toEqual({ status: 'missing' })
    const storing = store.hold('save')
    const issued = succession()
    await storing.reached
    expect(await node.read(stranger())).toEqual({ status: 'missing' })
    storing.open()
    await issued
    expect(await node.read(stranger())).toEqual({ status: 'missing' })
  })

  it('is missing to a program that opens it by its id', async () => {
    expect(await node.strategy.open(visitor.id)).toEqual({ status: 'missing' })
  })

  it('stays for the next request if it cannot be stored', async () => {
    store.nextSavesAre('unavailable')
    await expect(node.read(visitor)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    expect(await node.read(visitor)).toMatchObject({ status: 'opened', values: { name: 'ada' } })
  })

  it('has what an earlier request commits while it is stored', async () => {
    visitor = await node.begin({ name: 'ada', city: 'London' })
    const earlier = await node.open(visitor)
    await outliveStore()
    const storing = store.hold('save')
    const issued = succession()
    await storing.reached
    earlier.attributes.delete('city')
    expect(await commit(earlier, { name: 'lovelace' })).toBe('saved')
    earlier.release()
    storing.open()
    const { id } = await issued
    await node.strategy.backlog.flush()
    expect(decoded((await store.record(id))?.attributes)).toEqual({ name: 'lovelace' })
    expect(await node.read(await issued)).toEqual({ status: 'opened', values: { name: 'lovelace' } })
  })

  it('goes on counting hits', async () => {
    const before = await node.open(visitor)
    expect(before.id).not.toBe(visitor.id)
    expect(before.head.hits).toBe(3)
  })
})

describe('a record that has ended', () => {
  it('does not go on when a save of it is answered after its life in the store ran out, too', async () => {
    visitor = await node.begin({ name: 'ada' })
    store.isDown = true
    store.clock.jump(20 * minute)
    const request = await node.open(visitor)
    store.isDown = false
    const saving = store.hold('save')
    const outcome = commit(request, { name: 'lovelace' })
    await saving.reached
    await store.end(visitor.id)
    node.strategy.forget(visitor.id)
    store.clock.jump(12 * minute)
    saving.open()
    expect(await outcome).toBe('missing')
    request.release()
    expect(await node.read(visitor)).toEqual({ status: 'missing' })
  })
})

describe('a record of a principal whose life ran out in the store', () => {
  it('has ended, which is reported as a loss, because its visits were never stored', async () => {
    visitor = await node.begin({ name: 'ada' })
    const login = await node.open(visitor)
    await login.commit(login.attributes.delta(), { principal: 'ada' })
    login.release()
    await outliveStore()
    expect(await node.read(visitor)).toEqual({ status: 'missing' })
    expect(node.events).toEqual(['scope:lost'])
  })
})
