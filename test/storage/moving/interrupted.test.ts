import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Space } from '../../../src/storage/contract.js'
import { movingSpace } from '../../../src/storage/moving/moving-space.js'
import { attributes, textsOf } from '../../../src/testing/suite/test-space.js'
import type { HeldCalls, Point } from '../../support/held-calls.js'
import { contentOf, type MovingNode, TwoStores } from './two-stores.js'

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

/** Lets the calls of some nodes go on one after the other, as the choices say; when these are used up, all at once. */
async function inOrder(
  nodes: readonly HeldCalls[],
  choices: readonly number[],
  run: () => Promise<unknown>,
): Promise<void> {
  for (const calls of nodes) calls.holdEvery()
  const over = run()
  for (const choice of choices) {
    await turn()
    const waiting = nodes.flatMap((calls) => calls.waiting)
    waiting[choice % waiting.length]?.open()
  }
  for (const calls of nodes) calls.letGo()
  await over
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

/** A record on its way in both stores: in the old one the rest of a move forth, in the new one as it was last, with cart 2. */
async function onItsWayInBoth(): Promise<TwoStores> {
  const stores = new TwoStores()
  await stores.begin('a')
  const first = stores.node('forth')
  const tidying = first.calls.hold('claimExpired')
  void stores.load(first.space, 'a')
  await tidying.reached
  await stores.update(stores.new, 'a', { set: attributes({ cart: '2' }) })
  stores.clock.jump(1)
  const second = stores.node('back')
  const arrival = second.calls.hold('save', { call: 2 })
  void stores.load(second.space, 'a')
  await arrival.reached
  expect(await stores.homes('a')).toEqual([])
  return stores
}

describe('a record that is on its way in both stores', () => {
  const twoNodes = ['forth', 'back'].flatMap((first) => ['forth', 'back'].map((second) => [first, second] as const))

  it.each(twoNodes as [Direction, Direction][])(
    'is found as it was last, whichever of two nodes (%s, %s) is faster',
    async (...directions) => {
      // Two visits to nodes of different directions would take it from each other, which ends with pauses that no test waits for.
      const sweeps = directions[0] === directions[1] ? fc.boolean() : fc.constant(true)
      const property = fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 60 }), sweeps, async (choices, isSweep) => {
        const stores = await onItsWayInBoth()
        const [one, other] = directions.map((direction) => stores.node(direction)) as [MovingNode, MovingNode]
        await inOrder([one.calls, other.calls], choices, () =>
          Promise.all([
            stores.load(one.space, 'a'),
            isSweep ? stores.sweep(other.space) : stores.load(other.space, 'a'),
          ]),
        )
        const { space } = stores.node('back')
        expect(await reap(stores, space)).toEqual([])
        expect(textsOf(await stores.stored('a', space))).toEqual([
          ['cart', '2'],
          ['size', 'm'],
        ])
        expect(await stores.homes('a')).toHaveLength(1)
      })
      await fc.assert(property, { numRuns: 150 })
    },
  )
})

describe('nodes of both directions', () => {
  it('do not bring back a record that has ended in the store it came back to, from a rest in the other', async () => {
    const stores = new TwoStores()
    await stores.begin('a', stores.new)
    const dead = stores.node('back')
    const tidying = dead.calls.hold('claimExpired')
    void stores.load(dead.space, 'a')
    await tidying.reached
    const { space } = stores.node()
    const lock = { now: stores.now, leaseMs, token: 'handler' }
    expect(await stores.old.lock?.('a', lock)).toBe('taken')
    await stores.update(space, 'a', { ending: 'invalidated', lockToken: 'handler' })
    const claims = await stores.sweep(space, 'a')
    expect(claims.map(({ record }) => record.ending)).toEqual(['invalidated'])
    expect(await stores.has(stores.new, 'a')).toBe(false)
    await space.settle(claims, { now: stores.now })
    expect((await stores.load(space, 'a')).status).toBe('missing')
    expect(await isNowhere(stores)).toBe(true)
  })

  it('do not bring in a record that another node has brought in and ended since', async () => {
    const stores = new TwoStores()
    await stores.begin('a')
    const slow = stores.node()
    const tidying = slow.calls.hold('claimExpired')
    void stores.load(slow.space, 'a')
    await tidying.reached
    // It finds the rest of the first move in the way, and takes it away.
    const back = stores.node('back')
    const clearing = back.calls.hold('settle')
    const arrival = back.calls.hold('save', { call: 4, at: 'after' })
    const moving = stores.load(back.space, 'a')
    await clearing.reached
    const { space } = stores.node()
    expect(await endAndReap(stores, space)).toEqual(['invalidated'])
    clearing.open()
    await Promise.race([arrival.reached, moving])
    expect((await stores.load(space, 'a')).status).toBe('missing')
    arrival.open()
    await moving
    expect(await isNowhere(stores)).toBe(true)
  })

  it('leave the end of a record to its handler that was moved back and ended before the rest was tidied up', async () => {
    const stores = new TwoStores()
    await stores.begin('a')
    const slow = stores.node()
    const tidying = slow.calls.hold('claimExpired')
    const visit = stores.load(slow.space, 'a')
    await tidying.reached
    const { space } = stores.node('back')
    await stores.update(space, 'a', { ending: 'invalidated' })
    tidying.open()
    await visit
    const ends = [...(await stores.sweep(slow.space)), ...(await stores.sweep(space))]
    expect(ends.map(({ attempt, record }) => [record.ending, attempt])).toEqual([['invalidated', 1]])
  })
})

it.each(['forth', 'back'] as const)(
  'a record that departs %s after a request began, from a node that stands still, is found by the request',
  async (direction) => {
    const { stores, goOn } = await stoppedAt({ call: 4, at: 'after' }, direction)
    expect(await stores.homes('a')).toEqual([])
    const { space } = stores.node()
    const earlier = { now: stores.now - 100, seal: 's1', touch: { touchedAt: stores.now - 100 } }
    expect((await space.load('a', earlier)).status).toBe('loaded')
    await goOn()
    expect(await stores.homes('a')).toHaveLength(1)
  },
)

it.each(['forth', 'back'] as const)(
  'a record that a dead node has on its way %s is found by a node whose clock is 400 ms late',
  async (direction) => {
    const { stores } = await stoppedAt({ call: 4, at: 'after' }, direction)
    const late = { now: () => stores.now - 400, schedule: () => () => {} }
    const space = movingSpace({ write: stores.new, fallback: stores.old, cache: 'shared', pause: async () => {} }, late)
    const options = { now: late.now(), seal: 's1', touch: { touchedAt: late.now() } }
    expect((await space.load('a', options)).status).toBe('loaded')
  },
)

it('a record in its last seconds is not ended early by a node that looks for it where it is not', async () => {
  const stores = new TwoStores()
  const { calls, space } = stores.node()
  const look = calls.hold('load', { call: 2 })
  const visit = stores.load(space, 'a')
  await look.reached
  const create = { mode: 'create', id: 'a', version: 'v1', seal: 's', life: { idleMs: 4_000, endsAt: null } } as const
  await stores.new.save(create, { now: stores.now })
  look.open()
  expect((await visit).status).toBe('loaded')
  expect(await stores.sweep(space)).toEqual([])
})
