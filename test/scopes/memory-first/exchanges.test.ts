import { beforeEach, describe, expect, it } from 'vitest'
import { type Credential, newSecret } from '../../../src/scopes/record/credential.js'
import { MemoryFirstNode } from './memory-first-node.js'
import { UnreliableStore } from './unreliable-store.js'

const minute = 60_000

let store: UnreliableStore
let visitor: Credential

/** A record that another node has stored. */
beforeEach(async () => {
  store = new UnreliableStore()
  visitor = await new MemoryFirstNode(store).begin({ name: 'ada' })
})

describe('parallel first requests of a record', () => {
  it('share one object', async () => {
    const node = new MemoryFirstNode(store)
    const [first, second] = await Promise.all([node.open(visitor), node.open(visitor)])
    first.attributes.set('name', 'lovelace')
    expect(second.attributes.get('name')).toBe('lovelace')
  })

  it('do not share the answer if their secrets differ', async () => {
    for (const isFirst of [true, false]) {
      const node = new MemoryFirstNode(store)
      const stranger = { id: visitor.id, secret: newSecret() }
      const credentials = isFirst ? [visitor, stranger] : [stranger, visitor]
      const sights = await Promise.all(credentials.map((credential) => node.read(credential)))
      expect(sights.map(({ status }) => status)).toEqual(isFirst ? ['opened', 'refused'] : ['refused', 'opened'])
    }
  })
})

describe('a record that another node has ended', () => {
  it('is missing here at the next touch, which is no loss', async () => {
    const node = new MemoryFirstNode(store)
    await node.read(visitor)
    await store.end(visitor.id)
    store.clock.jump(minute)
    expect(await node.read(visitor)).toEqual({ status: 'missing' })
    expect(node.events).toEqual([])
  })

  it('is reported as lost if a change made behind the response was not yet saved', async () => {
    const node = new MemoryFirstNode(store, { backup: 'behind' })
    store.nextSavesAre('unavailable')
    await node.write(visitor, { name: 'lovelace' })
    await store.clock.advance(0)
    await store.end(visitor.id)
    node.strategy.forget(visitor.id)
    expect(node.events).toEqual(['scope:lost'])
  })
})
