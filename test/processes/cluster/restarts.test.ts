import { describe, expect } from 'vitest'
import type { ShopNode } from '../../support/shop-node.js'
import { Visitor } from '../../support/visitor.js'
import { allModes, applicationsIn, longestSlack, type Mode, modes } from './modes.js'
import { nodesTest } from './nodes-test.js'
import { ask, everywhere, quiet, readOn, visitorAt } from './visits.js'

const greeting = (mode: Mode) => `${mode}-greeting`

const test = nodesTest(2, {
  applications: { ...applicationsIn(), ...applicationsIn({ as: greeting }) },
  greeting: allModes.map(greeting),
})

describe('a node that starts', () => {
  test('37. starts an application once for its three first requests, and the others keep theirs', async ({
    shared,
  }) => {
    const [old, fresh] = [shared.node(0), await shared.start({ startsWaitAt: 'start' })]
    const { node } = await applicationOn(old, 'together')
    const held = fresh.hold('start')
    const firstRequests = allModes.flatMap((mode) => [1, 2, 3].map(() => applicationOn(fresh, mode)))
    await held.reached
    held.open()
    const seen = await Promise.all(firstRequests)
    expect(seen).toEqual(everywhere(seen, { node: expect.not.stringMatching(node), starts: 1, ends: 0 }))
    for (const mode of allModes) expect(await applicationOn(old, mode)).toMatchObject({ node })
  })

  test('5. does not start the sessions that have been started on others', async ({ shared }) => {
    const [a, b] = [shared.node(0), shared.node(1)]
    const visitors = new Map<Mode, Visitor>()
    for (const mode of allModes) visitors.set(mode, await visitorAt(a.at(greeting(mode)), ''))
    const { node } = await applicationOn(a, 'together')
    const nodes = [a, b, await shared.start()]
    for (const [mode, visitor] of visitors) {
      const shops = nodes.map((it) => it.at(greeting(mode)))
      expect(await readOn(shops, visitor)).toEqual(everywhere(shops, { startedOn: node, starts: 1 }))
    }
  })

  test('15. while requests run goes on with the sessions of the others as they are', async ({ shared }) => {
    let fresh: ShopNode | undefined
    const starting = shared.start()
    const visits = allModes.map(async (mode) => {
      const visitor = new Visitor()
      const cart: string[] = []
      const push = async (node: ShopNode) => {
        cart.push(`${cart.length}`)
        await ask(visitor, node.at(mode), `push=cart:${cart.at(-1)}`)
      }
      while (!fresh) await push(shared.node(0))
      for (let turn = 0; turn < 5; turn += 1) await push(fresh)
      return { mode, visitor, cart }
    })
    fresh = await starting
    const visited = await Promise.all(visits)
    await shared.skip(longestSlack)
    for (const { mode, visitor, cart } of visited) {
      const shops = shared.all.filter((node) => node.isRunning).map((node) => node.at(mode))
      expect(await readOn(shops, visitor)).toEqual(everywhere(shops, { cart }))
    }
  })
})

describe('an application that is stopped on one node', () => {
  test('38. is started again there by the next request; on the others it goes on, and sessions survive', async ({
    shared,
  }) => {
    const [a, b] = [shared.node(0), shared.node(1)]
    for (const mode of allModes) {
      const visitor = await visitorAt(a.at(mode), 'set=k:1')
      const [onA, onB] = [await applicationOn(a, mode), await applicationOn(b, mode)]
      await ask(visitor, a.at(mode), 'stop')
      expect(await readOn([b.at(mode), a.at(mode)], visitor)).toEqual([{ k: '1' }, { k: '1' }])
      expect(await applicationOn(a, mode)).toEqual({ node: onA.node, starts: onA.starts + 1, ends: onA.ends + 1 })
      expect(await applicationOn(b, mode)).toEqual(onB)
    }
  })
})

describe('a rolling restart', () => {
  test('21. to a version that encodes a value in another form turns no read of it, and no equal value, into a write', async ({
    shared,
  }) => {
    const [old, next] = await Promise.all([shared.start({ version: 'new' }), shared.start({ version: 'newest' })])
    for (const mode of allModes.filter((it) => modes[it].cluster)) {
      const visitor = await visitorAt(old.at(mode), 'price=500')
      const held = old.hold()
      const write = visitor.get(old.at(mode).url, `/?get=price&${held.step}&set=k:1&commit=ifUnchanged`)
      await held.reached
      expect(await ask(visitor, next.at(mode), 'get=price&price=500')).toEqual({ cents: 500 })
      held.open()
      expect((await write).status).toBe(200)
      expect(await readOn([next.at(mode)], visitor)).toEqual([{ price: { cents: 500 }, k: '1' }])
    }
  })

  test('24. leaves nodes of the old version with what they know, and they lose nothing that the new one stores', async ({
    shared,
  }) => {
    const newer = await shared.start({ version: 'new' })
    for (const mode of allModes) {
      const [old, next] = [shared.node(0).at(mode), newer.at(mode)]
      const visitor = await visitorAt(old, 'login=ada&push=cart:book&set=obsolete:yes')
      const before = visitor.clone()
      const id = await ask(visitor, next, 'price=500&remove=obsolete&push=cart:pen&id')
      await shared.skip(longestSlack)
      const known = { cart: ['book', 'pen'] }
      expect(await readOn([old], visitor)).toEqual([known])
      expect(await ask(visitor, old, 'told=scope:undecodable')).toMatchObject([{ id, name: 'price' }])
      expect(await ask(visitor, old, 'set=note:gift&principal')).toBe('ada')
      await shared.skip(longestSlack)
      expect(await readOn([next], visitor)).toEqual([{ ...known, price: { cents: 500 }, note: 'gift' }])
      expect(visitor).toEqual(before)
    }
  })

  test('49. lets a node answer what it has begun, and all of it is there on the others', async ({ shared }) => {
    const leaving = await shared.start()
    const visits = allModes.flatMap((mode) => Array.from({ length: 10 }, () => visitThatWaits(leaving, mode)))
    await Promise.all(visits.map(({ reached }) => reached))
    const stopped = leaving.stop()
    for (const { open } of visits) open()
    for (const { mode, visited } of visits)
      expect(await readOn([shared.node(0).at(mode)], await visited)).toEqual([{ cart: ['0', '1'] }])
    expect(await stopped).toBe(0)
  })
})

describe('a node that is killed', () => {
  test('26. right after a response has stored what that changed inside a value', async ({ shared }) => {
    const dying = await shared.start()
    const visits = await Promise.all(
      allModes.map(async (mode) => {
        const visitor = await visitorAt(dying.at(mode), 'push=cart:book')
        await ask(visitor, dying.at(mode), 'push=cart:pen')
        return { mode, visitor }
      }),
    )
    await dying.kill()
    for (const { mode, visitor } of visits)
      expect(await readOn([shared.node(0).at(mode)], visitor)).toEqual([{ cart: ['book', 'pen'] }])
  })

  test('36. while it holds a lock is outlived by that for the lease, and no longer', async ({ shared }) => {
    const dying = await shared.start()
    const visits = await Promise.all(allModes.map((mode) => visitThatHoldsALock(dying, mode)))
    await dying.kill()
    for (const { cutOff } of visits) expect(await cutOff).toBe('cut off')
    let served = 0
    const waiting = visits.map(async ({ mode, visitor }) => {
      expect(await visitor.get(shared.node(1).at(mode).url, '/?lock&increment=count')).toMatchObject(quiet)
      served += 1
    })
    await shared.skip(9_000)
    for (const { mode, visitor } of visits) await ask(visitor, shared.node(0).at(mode), 'read')
    expect(served).toBe(0)
    await shared.skip(1_000)
    await Promise.all(waiting)
    await shared.skip(longestSlack)
    for (const { mode, visitor } of visits)
      expect(await readOn([shared.node(0).at(mode)], visitor)).toEqual([{ name: 'ada', count: 1 }])
  })
})

/** Where an application runs, and how often it has been started and ended there. */
const applicationOn = (node: ShopNode, mode: Mode): Promise<{ node: string; starts: number; ends: number }> =>
  ask(new Visitor(), node.at(mode), 'application')

/** A visitor whose second request waits before it changes anything. */
function visitThatWaits(node: ShopNode, mode: Mode) {
  const { step, reached, open } = node.hold()
  const visit = async () => {
    const { url } = node.at(mode)
    const visitor = await visitorAt({ url }, 'push=cart:0')
    expect((await visitor.get(url, `/?${step}&push=cart:1`)).status).toBe(200)
    return visitor
  }
  return { mode, reached, open, visited: visit() }
}

/** A visitor whose second request waits in a lock with a lease of ten seconds. */
async function visitThatHoldsALock(node: ShopNode, mode: Mode) {
  const { url } = node.at(mode)
  const visitor = await visitorAt({ url }, 'set=name:ada')
  const held = node.hold()
  const cutOff = visitor.get(url, `/?lock=10s&increment=count&${held.step}`).catch(() => 'cut off')
  await held.reached
  return { mode, visitor, cutOff }
}
