import { describe, expect } from 'vitest'
import type { ShopNode } from '../../support/shop-node.js'
import { Visitor } from '../../support/visitor.js'
import type { Nodes } from './nodes.js'
import { type Mode, modes, nodesTest } from './nodes-test.js'
import { ask, visitorAt } from './visits.js'

/** More than the timeout of a session. */
const twoHours = 2 * 3_600_000
/** More than the lease of a claim. */
const leaseIsOver = 31_000
/** More than the time after which the lease of a claim is renewed. */
const renewalIsDue = 11_000

const test = nodesTest(3)

/** So many visitors, each with a number. */
async function visitInTurn(nodes: readonly ShopNode[], mode: Mode, count: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const numbers = Array.from({ length: 100 }, (_, index) => from + index)
    await Promise.all(numbers.map((n) => visitorAt(atTurn(nodes, n).at(mode), `set=number:${n}`)))
  }
}

const atTurn = (nodes: readonly ShopNode[], turn: number) => nodes[turn % nodes.length] as ShopNode

async function endsIn(nodes: Nodes, mode: Mode) {
  const entries = await nodes.journal(({ application }) => application === mode)
  return entries
    .map(({ data, reason, attempt }) => ({ number: Number(data.number), reason, attempt }))
    .toSorted((one, other) => one.number - other.number)
}

const eachOnce = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ number, reason: 'timeout', attempt: 1 }))

describe.for(modes)('sessions on Redis, %s', (mode) => {
  test('12. that expire, 1,000 at once on three nodes: each end handler runs once, with its data', async ({
    shared,
  }) => {
    await visitInTurn(shared.all, mode, 1_000)
    expect(await endsIn(shared, mode)).toEqual([])
    await shared.skip(twoHours)
    await shared.journalHas(1_000, ({ application }) => application === mode)

    // What is not settled by now would be handled again before the one that expires last.
    await visitorAt(shared.node(0).at(mode), 'set=number:1000')
    await shared.skip(twoHours)
    await shared.journalHas(1, ({ application, data }) => application === mode && data.number === '1000')
    expect(await endsIn(shared, mode)).toEqual(eachOnce(1_001))
  })
})

describe('sessions on Redis', () => {
  test('11. that expire while all nodes are down: each end handler runs once after the restart, with its data', async ({
    own,
  }) => {
    const first = await own.start()
    for (const mode of modes) await visitInTurn([first], mode, 100)
    expect(await first.stop()).toBe(0)
    await own.skip(twoHours)
    const second = await own.start()
    await own.journalHas(modes.length * 100)
    await second.stop()
    for (const mode of modes) expect(await endsIn(own, mode)).toEqual(eachOnce(100))
  })
})

/** Two nodes whose end handlers wait, and one session that expires. */
async function waitInHandler(nodes: Nodes) {
  const start = async () => {
    const node = await nodes.start({ endsWaitAt: 'end' })
    return { node, held: node.hold('end') }
  }
  const two = await Promise.all([start(), start()])
  await visitorAt(two[0].node.at('together'), 'set=number:0')
  await nodes.skip(twoHours)
  const [working, idle] = await Promise.race([
    two[0].held.reached.then(() => two),
    two[1].held.reached.then(() => [two[1], two[0]] as const),
  ])
  return { working, idle }
}

/** Lets time pass there, with all that falls due; resolves when the store has answered that. */
async function advance(node: ShopNode, ms: number): Promise<void> {
  await node.advance(ms)
  await ask(new Visitor(), node.at('together'), 'count')
}

describe('an end handler on Redis', () => {
  test('12. that takes longer than its lease runs once all the same', async ({ own }) => {
    const { working, idle } = await waitInHandler(own)
    for (let passed = 0; passed < 2 * leaseIsOver; passed += renewalIsDue) {
      await advance(working.node, renewalIsDue)
      await advance(idle.node, renewalIsDue)
    }
    for (const { node, held } of [working, idle]) {
      held.open()
      await node.stop()
    }
    expect(await endsIn(own, 'together')).toEqual(eachOnce(1))
  })

  test('12. whose node is killed runs again on another, as attempt 2', async ({ own }) => {
    const { working, idle } = await waitInHandler(own)
    await working.node.kill()
    await advance(idle.node, renewalIsDue)
    expect(await own.journal()).toHaveLength(1)
    await advance(idle.node, leaseIsOver)
    await idle.held.reached
    idle.held.open()
    await idle.node.stop()
    expect(await endsIn(own, 'together')).toEqual([
      { number: 0, reason: 'timeout', attempt: 1 },
      { number: 0, reason: 'timeout', attempt: 2 },
    ])
  })
})
