import { describe, expect, vi } from 'vitest'
import type { ShopNode } from '../../support/shop-node.js'
import type { JournalEntry } from '../../support/shop-server.js'
import { Visitor } from '../../support/visitor.js'
import { allModes, applicationsIn, type Mode } from './modes.js'
import type { Nodes } from './nodes.js'
import { nodesTest } from './nodes-test.js'
import { ask, everywhere, visitorAt } from './visits.js'

/** More than the timeout of a session. */
const twoHours = 2 * 3_600_000
/** More than the lease of a claim. */
const leaseIsOver = 31_000
/** Between two attempts of an end handler. */
const longestRetry = 8_000
/** More than the time after which the lease of a claim is renewed. */
const renewalIsDue = 11_000

const test = nodesTest(3, { applications: applicationsIn() })

/** So many visitors, each with a number. */
async function visitInTurn(nodes: readonly ShopNode[], mode: Mode, count: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const numbers = Array.from({ length: 100 }, (_, index) => from + index)
    await Promise.all(numbers.map((n) => visitorAt(atTurn(nodes, n).at(mode), `set=number:${n}`)))
  }
}

const atTurn = (nodes: readonly ShopNode[], turn: number) => nodes[turn % nodes.length] as ShopNode

async function endsIn(nodes: Nodes, mode: Mode) {
  const entries = await nodes.journal(({ application, data }) => application === mode && 'number' in data)
  return entries
    .map(({ data, reason, attempt }) => ({ number: Number(data.number), reason, attempt }))
    .toSorted((one, other) => one.number - other.number)
}

const eachOnce = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ number, reason: 'timeout', attempt: 1 }))

describe.for(allModes)('sessions, %s', (mode) => {
  const count = mode === 'together' ? 1_000 : 100

  test(`12. that expire, ${count} at once on three nodes: each end handler runs once, with its data`, async ({
    shared,
  }) => {
    await visitInTurn(shared.all, mode, count)
    expect(await endsIn(shared, mode)).toEqual([])
    await shared.skip(twoHours)
    await shared.journalHas(count, ({ application }) => application === mode)

    // What is not settled by now would be handled again before the one that expires last.
    await visitorAt(shared.node(0).at(mode), `set=number:${count}`)
    await shared.skip(twoHours)
    await shared.journalHas(1, ({ application, data }) => application === mode && data.number === `${count}`)
    expect(await endsIn(shared, mode)).toEqual(eachOnce(count + 1))
  })
})

describe('sessions', () => {
  test('11. that expire while all nodes are down: each end handler runs once after the restart, with its data', async ({
    own,
  }) => {
    const first = await own.start()
    for (const mode of allModes) await visitInTurn([first], mode, 100)
    expect(await first.stop()).toBe(0)
    await own.skip(twoHours)
    const second = await own.start()
    await own.journalHas(allModes.length * 100)
    await second.stop()
    for (const mode of allModes) expect(await endsIn(own, mode)).toEqual(eachOnce(100))
  })
})

describe('an end handler', () => {
  test('13. that fails keeps no other from running, and is tried again on any node, five times at most', async ({
    shared,
  }) => {
    for (const mode of allModes) {
      const shop = shared.node(0).at(mode)
      for (const failures of [5, 1, 0]) await visitorAt(shop, `set=failures:${failures}`)
    }
    await shared.skip(twoHours)
    await vi.waitFor(
      async () => {
        await shared.skip(longestRetry)
        expect(await Promise.all(allModes.map((mode) => deadLettersIn(shared, mode)))).toEqual(everywhere(allModes, 1))
      },
      { timeout: 30_000, interval: 500 },
    )
    for (const mode of allModes) {
      expect(await attemptsIn(shared, mode, 5), mode).toEqual([1, 2, 3, 4, 5])
      expect(await attemptsIn(shared, mode, 1), mode).toEqual([1, 2])
      expect(await attemptsIn(shared, mode, 0), mode).toEqual([1])
    }
  })
})

async function deadLettersIn(nodes: Nodes, mode: Mode): Promise<number> {
  const told = nodes.all.map((node) => ask(new Visitor(), node.at(mode), 'told=session:dead-letter'))
  return (await Promise.all(told)).flat().length
}

/** Of the session whose end handler fails so many times. */
async function attemptsIn(nodes: Nodes, mode: Mode, failures: number): Promise<number[]> {
  const isMeant = ({ application, data }: JournalEntry) => application === mode && data.failures === `${failures}`
  return (await nodes.journal(isMeant)).map(({ attempt }) => attempt)
}

describe('an end handler whose node works on it', () => {
  test('12. for longer than its lease runs once all the same', async ({ own }) => {
    const { working, idle } = await waitInHandlers(own)
    for (let passed = 0; passed < 2 * leaseIsOver; passed += renewalIsDue) {
      await advance(working.node, renewalIsDue)
      await advance(idle.node, renewalIsDue)
    }
    for (const { node, held } of [working, idle]) {
      held.open()
      await node.stop()
    }
    for (const mode of allModes) expect(await endsIn(own, mode), mode).toEqual(eachOnce(1))
  })

  test('12. when it is killed runs again on another, as attempt 2', async ({ own }) => {
    const { working, idle } = await waitInHandlers(own)
    await working.node.kill()
    await advance(idle.node, renewalIsDue)
    expect(await own.journal()).toHaveLength(allModes.length)
    await advance(idle.node, leaseIsOver)
    await own.journalHas(2 * allModes.length)
    idle.held.open()
    await idle.node.stop()
    const [first] = eachOnce(1)
    for (const mode of allModes) expect(await endsIn(own, mode), mode).toEqual([first, { ...first, attempt: 2 }])
  })
})

/** A node at work on the end of one session in each mode, and another that has nothing to do; on both, end handlers wait. */
async function waitInHandlers(nodes: Nodes) {
  const start = async () => {
    const node = await nodes.start({ endsWaitAt: 'end' })
    return { node, held: node.hold('end') }
  }
  const working = await start()
  for (const mode of allModes) await visitorAt(working.node.at(mode), 'set=number:0')
  await nodes.skip(twoHours)
  await nodes.journalHas(allModes.length)
  return { working, idle: await start() }
}

/** Lets time pass there, with all that falls due; resolves when the stores have answered that. */
async function advance(node: ShopNode, ms: number): Promise<void> {
  await node.advance(ms)
  await Promise.all(allModes.map((mode) => ask(new Visitor(), node.at(mode), 'count')))
}
