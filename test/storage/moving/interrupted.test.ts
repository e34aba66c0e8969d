import { describe, expect, it } from 'vitest'
import type { Space } from '../../../src/storage/contract.js'
import { attributes, textsOf } from '../../../src/testing/suite/test-space.js'
import type { Point } from '../../support/held-calls.js'
import { contentOf, TwoStores } from './two-stores.js'

type Direction = 'forth' | 'back'

/** More calls than a move makes: the last ones come when it is over. */
const points = Array.from({ length: 10 }, (_, n) => n + 1).flatMap((call) =>
  (['before', 'after'] as const).map((at): { call: number; at: Point } => ({ call, at })),
)
/** Longer than a dead node keeps a lock or a claim. */
const leaseMs = 6_000

interface Stopped {
  readonly stores: TwoStores
  /** Lets the move go on to its end. */
  goOn(): Promise<void>
}

/** A move for a visit that stands still at one of its calls; if it makes fewer, it is over. */
async function stoppedAt(point: { call: number; at: Point }, direction: Direction): Promise<Stopped> {
  const stores = new TwoStores()
  await stores.begin('a', direction === 'forth' ? stores.old : stores.new)
  const mover = stores.node(direction)
  const gate = mover.calls.hold('any', point)
  const moving = stores.load(mover.space, 'a')
  await Promise.race([gate.reached, moving])
  return {
    stores,
    async goOn() {
      gate.open()
      await moving
    },
  }
}

/** The endings of what sweeps find; all of it is settled. */
async function reap(stores: TwoStores, space: Space): Promise<(string | null)[]> {
  const endings: (string | null)[] = []
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    const claims = await stores.sweep(space)
    endings.push(...claims.map(({ record }) => record.ending))
    await space.settle(claims, { now: stores.now })
    stores.clock.jump(leaseMs)
  }
  return endings
}

/** Ends the record as a logout does, and all that sweeps find. */
async function endAndReap(stores: TwoStores, space: Space): Promise<(string | null)[]> {
  await stores.update(space, 'a', { ending: 'invalidated' })
  return reap(stores, space)
}

const isNowhere = async (stores: TwoStores) =>
  !(await stores.has(stores.old, 'a')) && !(await stores.has(stores.new, 'a'))

describe.each(['forth', 'back'] as const)('a node that dies while it moves a record %s', (direction) => {
  it.each(points)(
    'at call $call, $at it: the record is found at once, ends once, and does not come back',
    async (point) => {
      const { stores } = await stoppedAt(point, direction)
      const { space } = stores.node('forth')
      const found = await stores.stored('a', space)
      expect(textsOf(found)).toEqual([
        ['cart', '1'],
        ['size', 'm'],
      ])
      expect(await stores.homes('a')).toHaveLength(1)
      expect(await endAndReap(stores, space)).toEqual(['invalidated'])
      expect(await isNowhere(stores)).toBe(true)
    },
  )
})

describe.each(['forth', 'back'] as const)('while a move %s stands still', (direction) => {
  it.each(points)('at call $call, $at it: a save on another node is kept', async (point) => {
    const { stores, goOn } = await stoppedAt(point, direction)
    const { space } = stores.node()
    const change = { set: attributes({ cart: '2' }), unset: ['size'] }
    expect((await stores.update(space, 'a', change)).status).toBe('saved')
    await goOn()
    expect(await stores.homes('a')).toHaveLength(1)
    expect(textsOf(await stores.stored('a', space))).toEqual([['cart', '2']])
  })

  it.each(points)('at call $call, $at it: a rotation and a login on another node are kept', async (point) => {
    const { stores, goOn } = await stoppedAt(point, direction)
    const { space } = stores.node()
    const change = { reseal: { from: 's1', to: 's2', replaced: 'r1' }, principal: 'bob' }
    expect((await stores.update(space, 'a', change)).status).toBe('saved')
    await goOn()
    expect(await stores.stored('a', space)).toMatchObject({ seal: 's2', replaced: 'r1', principal: 'bob' })
    expect(await stores.homes('a')).toHaveLength(1)
  })

  it.each(points)('at call $call, $at it: a visit on another node leaves it where it can be found', async (point) => {
    const { stores, goOn } = await stoppedAt(point, direction)
    const { space } = stores.node()
    await stores.stored('a', space)
    await goOn()
    expect(await stores.homes('a')).toHaveLength(1)
    expect(await endAndReap(stores, space)).toEqual(['invalidated'])
    expect(await isNowhere(stores)).toBe(true)
  })

  it.each(points)(
    'at call $call, $at it: a logout on another node stands while its end handler runs',
    async (point) => {
      const { stores, goOn } = await stoppedAt(point, direction)
      const { space } = stores.node()
      expect((await stores.update(space, 'a', { ending: 'invalidated' })).status).toBe('saved')
      const claims = await stores.sweep(space, 'a')
      expect(claims.map(({ record }) => record.ending)).toEqual(['invalidated'])
      await goOn()
      await space.settle(claims, { now: stores.now })
      expect((await stores.load(space, 'a')).status).toBe('missing')
      expect(await reap(stores, space)).toEqual([])
      expect(await isNowhere(stores)).toBe(true)
    },
  )

  it.each(points)('at call $call, $at it: a logout stands whose end is over', async (point) => {
    const { stores, goOn } = await stoppedAt(point, direction)
    const { space } = stores.node()
    expect((await stores.update(space, 'a', { ending: 'invalidated' })).status).toBe('saved')
    expect(await reap(stores, space)).toEqual(['invalidated'])
    await goOn()
    expect(await stores.homes('a')).toEqual([])
    expect(await reap(stores, space)).toEqual([])
    expect(await isNowhere(stores)).toBe(true)
  })

  it.each(points)('at call $call, $at it: a move the other way by another node loses nothing', async (point) => {
    const { stores, goOn } = await stoppedAt(point, direction)
    const other = stores.node(direction === 'forth' ? 'back' : 'forth')
    const before = contentOf(await stores.stored('a', other.space))
    const change = { set: attributes({ cart: '3' }) }
    expect((await stores.update(other.space, 'a', change)).status).toBe('saved')
    await goOn()
    expect(await stores.homes('a')).toHaveLength(1)
    const { space } = stores.node()
    const after = await stores.stored('a', space)
    expect(textsOf(after)).toEqual([
      ['cart', '3'],
      ['size', 'm'],
    ])
    expect(before).toMatchObject({ seal: after.seal, principal: after.principal, createdAt: after.createdAt })
    expect(await endAndReap(stores, space)).toEqual(['invalidated'])
    expect(await isNowhere(stores)).toBe(true)
  })
})
