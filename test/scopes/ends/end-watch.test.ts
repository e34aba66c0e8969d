import { beforeEach, describe, expect, it, vi } from 'vitest'
import { EndWatch } from '../../../src/scopes/ends/end-watch.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { memorySpace, scopeEnvironment } from '../../support/scope-environment.js'

const space = memorySpace()
const environment = scopeEnvironment({ space })
const now = environment.clock.now()
const life = { idleMs: null, endsAt: null }

let watch: EndWatch
let heard: string[]
const hears = (what: string) => () => void heard.push(what)

beforeEach(() => {
  watch = new EndWatch(environment)
  heard = []
})

describe('listeners of the end of a record', () => {
  it('hear of it once each, and of no other record', () => {
    watch.add('a', hears('first'))
    watch.add('a', hears('second'))
    watch.add('b', hears('other'))
    watch.ended('a')
    watch.ended('a')
    expect(heard).toEqual(['first', 'second'])
  })

  it('hear of it though another one throws', () => {
    watch.add('a', () => {
      throw new Error('the connection is closed')
    })
    watch.add('a', hears('second'))
    watch.ended('a')
    expect(heard).toEqual(['second'])
  })

  it('that stopped listening do not hear of it', () => {
    const stop = watch.add('a', hears('first'))
    watch.add('a', hears('second'))
    stop()
    stop()
    watch.ended('a')
    expect(heard).toEqual(['second'])
  })

  it('hear at a look of the records that the store has no longer', async () => {
    await space.save({ mode: 'create', id: 'present', version: '1', seal: 'seal', life }, { now })
    watch.add('present', hears('present'))
    watch.add('absent', hears('absent'))
    await watch.look()
    expect(heard).toEqual(['absent'])
  })

  it('hear at the next look for added records of one that ended just before, and are asked about once', async () => {
    const load = vi.spyOn(space, 'load')
    await space.save({ mode: 'create', id: 'added', version: '1', seal: 'seal', life }, { now })
    watch.add('added', hears('added'))
    watch.add('gone', hears('gone'))
    watch.add('removed', hears('removed'))()
    await watch.lookForAdded()
    expect(heard).toEqual(['gone'])
    await watch.lookForAdded()
    expect(load.mock.calls.map(([id]) => id)).toEqual(['added', 'gone'])
    load.mockRestore()
  })

  it('hear nothing of a record that the store does not have yet', async () => {
    const owed = new Set(['new'])
    watch = new EndWatch(environment, (id) => owed.has(id))
    watch.add('new', hears('new'))
    await watch.look()
    expect(heard).toEqual([])
    owed.clear()
    await watch.look()
    expect(heard).toEqual(['new'])
  })

  it('cost no attributes of records that have not changed since the look before', async () => {
    await space.save({ mode: 'create', id: 'same', version: 'v1', seal: 'seal', life }, { now })
    const load = vi.spyOn(space, 'load')
    watch.add('same', hears('same'))
    await watch.look()
    await watch.look()
    expect(load.mock.calls.map(([, { ifChangedSince }]) => ifChangedSince)).toEqual([undefined, 'v1'])
    load.mockRestore()
  })

  it('are asked about less often where the store takes long to answer', async () => {
    const clock = new ManualClock(now)
    const unchanged = {
      status: 'unchanged',
      touchedAt: now,
      previouslyTouchedAt: now,
      expiresAt: null,
      hits: 1,
    } as const
    const load = vi.fn(async () => {
      clock.jump(500)
      return unchanged
    })
    watch = new EndWatch({ ...environment, clock, space: { ...space, load } })
    watch.add('present', hears('present'))
    expect(await watch.look()).toBe(true)
    expect(load).toHaveBeenCalledTimes(1)
    clock.jump(1_000)
    expect(await watch.look()).toBe(false)
    expect(load).toHaveBeenCalledTimes(1)
    clock.jump(500)
    expect(await watch.look()).toBe(true)
    expect(load).toHaveBeenCalledTimes(2)
  })
})
