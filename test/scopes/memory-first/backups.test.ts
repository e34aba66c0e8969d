import { expect, it } from 'vitest'
import { decoded, MemoryFirstNode } from './memory-first-node.js'
import { UnreliableStore } from './unreliable-store.js'

it('while the store is unavailable, one record probes it for all', async () => {
  const store = new UnreliableStore()
  const node = new MemoryFirstNode(store)
  const { backlog } = node.strategy
  store.isDown = true
  const visitors = await Promise.all(['ada', 'byron', 'mary'].map((name) => node.begin({ name })))
  const before = store.attempts
  expect(await backlog.catchUp()).toBe(false)
  expect({ attempts: store.attempts - before, unsaved: backlog.unsaved }).toEqual({ attempts: 1, unsaved: 3 })
  store.isDown = false
  expect(await backlog.catchUp()).toBe(true)
  expect(backlog.unsaved).toBe(0)
  const stored = await Promise.all(visitors.map(async ({ id }) => decoded((await store.record(id))?.attributes)))
  expect(stored).toEqual([{ name: 'ada' }, { name: 'byron' }, { name: 'mary' }])
})
