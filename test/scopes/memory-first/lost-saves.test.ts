import { beforeEach, describe, expect, it } from 'vitest'
import { newCredential } from '../../../src/scopes/record/credential.js'
import { commit, decoded, MemoryFirstNode } from './memory-first-node.js'
import { type Fate, UnreliableStore } from './unreliable-store.js'

let store: UnreliableStore
let node: MemoryFirstNode

beforeEach(() => {
  store = new UnreliableStore()
  node = new MemoryFirstNode(store)
})

const stored = async (id: string) => decoded((await store.record(id))?.attributes)

describe('the newest change of an attribute', () => {
  it('survives an older one that failed, and its own lost answer', async () => {
    const visitor = await node.begin({ name: 'ada' })
    const failing = store.hold('save')
    const older = node.write(visitor, { name: 'byron' })
    await failing.reached
    store.nextSavesAre('unavailable', 'dropped')
    const newer = node.write(visitor, { name: 'lovelace' })
    failing.open()
    await Promise.all([older, newer])
    await node.strategy.backlog.flush()
    expect(await stored(visitor.id)).toEqual({ name: 'lovelace' })
    expect(await node.read(visitor)).toEqual({ status: 'opened', values: { name: 'lovelace' } })
  })

  it('survives an older one whose answer was lost, whether or not that one arrived', async () => {
    for (const fate of ['lost', 'dropped'] as const) {
      const visitor = await node.begin({ name: 'ada' })
      store.nextSavesAre(fate)
      await node.write(visitor, { name: 'byron' })
      await node.write(visitor, { name: 'lovelace' })
      expect(await stored(visitor.id)).toEqual({ name: 'lovelace' })
    }
  })

  it('gives way to one of another node that came after it', async () => {
    const visitor = await node.begin({ name: 'ada' })
    store.nextSavesAre('lost')
    await node.write(visitor, { name: 'byron' })
    await new MemoryFirstNode(store).write(visitor, { name: 'lovelace' })
    await node.strategy.backlog.flush()
    expect(await stored(visitor.id)).toEqual({ name: 'lovelace' })
  })
})

describe('every visit is counted once', () => {
  const fates: (Fate | 'answered')[] = ['answered', 'lost', 'dropped', 'unavailable']

  it.each(fates)('when a save of a change is %s', async (fate) => {
    const visitor = await node.begin({ count: 1 })
    await node.read(visitor)
    if (fate !== 'answered') store.nextSavesAre(fate)
    await node.write(visitor, { count: 3 })
    await node.write(visitor, { count: 4 })
    expect((await store.record(visitor.id))?.hits).toBe(4)
    const request = await node.open(visitor)
    expect(request.head.hits).toBe(5)
  })

  it.each(fates)('when the save that creates the record is %s', async (fate) => {
    if (fate !== 'answered') store.nextSavesAre(fate)
    const visitor = await node.begin({ count: 1 })
    await node.write(visitor, { count: 2 })
    expect((await store.record(visitor.id))?.hits).toBe(2)
    const request = await node.open(visitor)
    expect(request.head.hits).toBe(3)
  })

  it('when a touch fails, and when it is refused because the seal is another', async () => {
    const visitor = await node.begin({ count: 1 })
    await node.read(visitor)
    store.clock.jump(2 * 60_000)
    store.isDown = true
    await node.read(visitor)
    store.isDown = false
    expect(await node.read({ ...newCredential(), id: visitor.id })).toMatchObject({ status: 'refused' })
    const request = await node.open(visitor)
    expect(request.head.hits).toBe(4)
    await commit(request, { count: 2 })
    expect((await store.record(visitor.id))?.hits).toBe(4)
  })
})
