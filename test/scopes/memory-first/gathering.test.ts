import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { beforeEach, describe, expect, it } from 'vitest'
import { Gathering } from '../../../src/scopes/memory-first/gathering.js'
import type { LiveRecord } from '../../../src/scopes/memory-first/live-record.js'
import type { Clock } from '../../../src/support/clock.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { decoded, MemoryFirstNode } from './memory-first-node.js'
import { UnreliableStore } from './unreliable-store.js'

describe('saves that no response waits for', () => {
  const request = new AsyncLocalStorage<string>()
  let clock: ManualClock
  let saved: string[]
  let gathering: Gathering

  beforeEach(() => {
    clock = new ManualClock()
    saved = []
    gathering = new Gathering(likeTimers(clock), ({ id }) => {
      const of = request.getStore()
      saved.push(of === undefined ? id : `${id}, of ${of}`)
    })
  })

  /** Of a record only its identity counts. */
  const records = new Map<string, LiveRecord>()
  const add = (...ids: string[]) => {
    for (const id of ids) {
      const record = records.get(id) ?? ({ id } as LiveRecord)
      records.set(id, record)
      gathering.add(record)
    }
  }

  it('begin at once; those that follow within milliseconds go together, each record once', async () => {
    add('a')
    expect(saved).toEqual(['a'])
    add('b', 'c', 'b')
    await clock.advance(4)
    expect(saved).toEqual(['a'])
    await clock.advance(1)
    expect(saved).toEqual(['a', 'b', 'c'])
  })

  it('go on to be gathered while they come one after the other, and begin at once after a pause', async () => {
    add('a')
    await clock.advance(3)
    add('b')
    await clock.advance(3)
    add('c')
    expect(saved).toEqual(['a', 'b'])
    await clock.advance(4)
    expect(saved).toEqual(['a', 'b', 'c'])
    await clock.advance(5)
    add('d')
    expect(saved).toEqual(['a', 'b', 'c', 'd'])
  })

  it('do not wait when a hundred are gathered', () => {
    const ids = Array.from({ length: 101 }, (_, n) => `${n}`)
    add(...ids)
    expect(saved).toEqual(ids)
  })

  it('do not belong to the request that came first', async () => {
    request.run('ada', () => add('a', 'b'))
    await clock.advance(5)
    expect(saved).toEqual(['a, of ada', 'b'])
  })

  it('do not belong to the one that completes a hundred', () => {
    request.run('ada', () => add('a'))
    const ids = Array.from({ length: 100 }, (_, n) => `${n}`)
    for (const id of ids) request.run(id, () => add(id))
    expect(saved).toEqual(['a, of ada', ...ids])
  })

  it('are forgotten at the stop', async () => {
    add('a', 'b')
    gathering.stop()
    await clock.advance(5)
    expect(saved).toEqual(['a'])
  })
})

/** Tasks run in the asynchronous context in which they were scheduled, as those of setTimeout do. */
const likeTimers = (clock: ManualClock): Clock => ({
  now: () => clock.now(),
  schedule: (task, delayMs) => clock.schedule(AsyncResource.bind(task), delayMs),
})

describe('a node with backup: behind', () => {
  let store: UnreliableStore
  let node: MemoryFirstNode

  beforeEach(() => {
    store = new UnreliableStore()
    node = new MemoryFirstNode(store, { backup: 'behind' })
  })

  async function changeWhileDown(): Promise<void> {
    const ada = await node.begin({ name: 'ada' })
    store.isDown = true
    await node.write(ada, { cart: 'book' })
  }

  it('stores what its requests change within milliseconds, though the clock of its sessions stands still', async () => {
    const ada = await node.begin({ name: 'ada' })
    const byron = await node.begin({ name: 'byron' })
    await node.write(ada, { cart: 'book' })
    await node.write(byron, { cart: 'pen' })
    await node.write(byron, { cart: 'ink' })
    await expect.poll(() => node.strategy.backlog.unsaved).toBe(0)
    const stored = await Promise.all([ada, byron].map(async ({ id }) => decoded((await store.record(id))?.attributes)))
    expect(stored).toEqual([
      { name: 'ada', cart: 'book' },
      { name: 'byron', cart: 'ink' },
    ])
  })

  it('leaves the store alone once it has stopped', async () => {
    await changeWhileDown()
    expect(await node.strategy.backlog.flush()).toBe(1)
    node.strategy.backlog.stop()
    store.isDown = false
    await store.clock.advance(60_000)
    expect(node.strategy.backlog.unsaved).toBe(1)
  })

  it('tries again what the store did not take', async () => {
    await changeWhileDown()
    await expect.poll(() => store.attempts).toBe(2)
    expect(node.strategy.backlog.unsaved).toBe(1)
    store.isDown = false
    await store.clock.advance(1_000)
    expect(node.strategy.backlog.unsaved).toBe(0)
  })
})
