import { expect } from 'vitest'
import type { Logger, LogMethod } from '../../src/support/logger.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { Gate } from '../support/gate.js'
import { heard } from '../support/heard.js'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import type { Node, TestStore } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000
const options = { session: { timeout: '10m' } } as const
/** After this nothing keeps a session of these tests, in either mode. */
const surelyExpired = 11 * minute
const leaseMs = 30_000

/** Sessions that hold these names, a hundred at a time. */
async function begin({ url }: Node, ...names: string[]): Promise<void> {
  while (names.length > 0) {
    await Promise.all(names.splice(0, 100).map((name) => new Visitor().get(url, `/write?name=${name}`)))
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `n${n}`)

/** Everything expires, and every node sweeps once. */
async function expire(store: TestStore): Promise<void> {
  store.skip(surelyExpired)
  await store.run(500)
}

/** Remembers how each session ended. */
function recorder() {
  const ends: { name: string; attempt: number; reason: string }[] = []
  const application = shop(sessionPages, {
    onSessionEnd: ({ session, attempt, reason }) => void ends.push({ name: session.name, attempt, reason }),
  })
  return { ends, application }
}

function errorLog(): { readonly errors: string[]; readonly logger: Logger } {
  const errors: string[] = []
  const error = ((_fields: object, message: string) => void errors.push(message)) as LogMethod
  const logger = { debug() {}, info() {}, warn() {}, error, child: () => logger }
  return { errors, logger }
}

describeEverywhere(({ test }) => {
  test('11. the end of a session that expired while all nodes were down is told once, with its data', async ({
    store,
  }) => {
    const { ends, application } = recorder()
    const first = await store.node(application, options)
    await begin(first, 'ada', 'bob')
    await first.stop()
    store.skip(surelyExpired)
    await store.pair(application, options)
    await store.sweep()
    await store.sweep()
    expect(ends.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'ada', attempt: 1, reason: 'timeout' },
      { name: 'bob', attempt: 1, reason: 'timeout' },
    ])
    const third = await store.node(application, options)
    await store.sweep()
    expect(ends).toHaveLength(2)
    expect(await third.app.sessions.count()).toBe(0)
  })

  test('11. a session that expired longer ago than endGrace goes without its end handler', async ({ store }) => {
    const { ends, application } = recorder()
    const short = { session: { timeout: '10m', endGrace: '1h' } } as const
    const first = await store.node(application, short)
    await begin(first, 'ada')
    await first.stop()
    store.skip(surelyExpired + 60 * minute)
    const second = await store.node(application, short)
    await store.sweep()
    expect(ends).toEqual([])
    expect(second.traffic.operations).toEqual(['claimExpired', 'settle'])
  })

  test('12. when a thousand sessions expire on three nodes, each ends once', { timeout: 30_000 }, async ({ store }) => {
    const { ends, application } = recorder()
    const [a] = await store.pair(application, options)
    await store.node(application, options)
    await begin(a, ...numbered(1_000))
    await expire(store)
    expect(new Set(ends.map(({ name }) => name)).size).toBe(1_000)
    await store.run(2 * leaseMs)
    expect(ends).toHaveLength(1_000)
  })

  test('12. an end handler that takes longer than its lease still runs once', async ({ store }) => {
    const atWork = new Gate()
    let runs = 0
    const application = shop(sessionPages, {
      async onSessionEnd() {
        runs += 1
        await atWork.pass()
      },
    })
    const [a, b] = await store.pair(application, options)
    await begin(a, 'ada')
    await expire(store)
    await store.run(3 * leaseMs)
    expect(runs).toBe(1)
    atWork.open()
    await store.sweep()
    await store.run(2 * leaseMs)
    expect(runs).toBe(1)
    const settled = [a, b].flatMap(({ traffic }) => traffic.exchanges.filter(({ operation }) => operation === 'settle'))
    expect(settled.map(({ answer }) => answer)).toEqual([[expect.any(String)]])
  })

  test('12. when the node that ends a session dies, another one does it after the lease, as attempt 2', async ({
    store,
  }) => {
    const death = new Gate()
    const { ends, application } = recorder()
    const dying = shop(sessionPages, { onSessionEnd: () => death.pass() })
    const clock = new ManualClock()
    const dead = await store.node(dying, { ...options, clock })
    await begin(dead, 'ada')
    clock.jump(surelyExpired)
    await clock.advance(1_200)
    await death.reached

    store.skip(surelyExpired + leaseMs - 1_200)
    await store.node(application, options)
    await store.sweep()
    expect(ends, 'while the lease lasts').toEqual([])
    await store.run(2_400)
    expect(ends).toEqual([{ name: 'ada', attempt: 2, reason: 'timeout' }])

    death.open()
    await expect.poll(() => dead.traffic.operations).toContain('settle')
    const settle = dead.traffic.exchanges.find(({ operation }) => operation === 'settle')
    expect(settle?.answer, 'what comes back from the dead settles nothing').toEqual([])
  })

  test('13. when one end handler throws the others run, the error is logged, and onError told', async ({ store }) => {
    const ends: string[] = []
    const told: string[] = []
    const { errors, logger } = errorLog()
    const application = shop(sessionPages, {
      onSessionEnd({ session }) {
        if (session.name === 'n3') throw new Error('no stock')
        ends.push(session.name)
      },
      onError: (error, { event }) => void told.push(`${event}: ${error}`),
    })
    const node = await store.node(application, { ...options, logger })
    await begin(node, ...numbered(6))
    await expire(store)
    expect(ends.sort()).toEqual(['n0', 'n1', 'n2', 'n4', 'n5'])
    expect(told).toEqual(['onSessionEnd: Error: no stock'])
    expect(errors).toEqual(['an end handler failed and will be tried again'])
  })

  test('13. an end handler that keeps throwing is tried five times, later each time; then the record goes', async ({
    store,
  }) => {
    const attempts: { attempt: number; at: number }[] = []
    const application = shop(sessionPages, {
      onSessionEnd({ attempt }) {
        attempts.push({ attempt, at: store.clock.now() })
        throw new Error('no stock')
      },
    })
    const node = await store.node(application, options)
    const letters = heard(node, 'session:dead-letter')
    await begin(node, 'ada')
    await expire(store)
    await store.run(60_000)
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5])
    const pauses = attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? 0))
    for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(1_000 * 2 ** index)
    expect(letters).toMatchObject([{ scope: 'session', attempt: 5, reason: 'timeout', error: new Error('no stock') }])
    expect(node.traffic.operations.at(-1)).toBe('settle')
    await store.run(60_000)
    expect(attempts).toHaveLength(5)
  })

  test('13. an end handler that throws once succeeds at the second attempt', async ({ store }) => {
    const attempts: number[] = []
    const application = shop(sessionPages, {
      onSessionEnd({ attempt }) {
        attempts.push(attempt)
        if (attempt === 1) throw new Error('no stock')
      },
    })
    const node = await store.node(application, options)
    await begin(node, 'ada')
    await expire(store)
    await store.run(10_000)
    expect(attempts).toEqual([1, 2])
  })

  test('an end handler gets a plain object of its own, and the application scope, started for it', async ({
    store,
  }) => {
    const seen: unknown[] = []
    const application = shop(sessionPages, {
      onApplicationStart({ application }) {
        application.name = 'shop'
      },
      onSessionEnd({ session, application }) {
        seen.push({ application: { ...application }, session: { ...session } })
        session.name = 'changed'
      },
    })
    const first = await store.node(application, options)
    await begin(first, 'ada')
    await first.stop()
    await store.node(application, options)
    await expire(store)
    expect(seen).toEqual([{ application: { name: 'shop' }, session: { name: 'ada' } }])
  })

  test('73. the handler gets the id and the principal besides the data', async ({ store }) => {
    const ends: unknown[] = []
    const handlers = {
      onSessionEnd: ({ id, principal, session }: { id: string; principal: string | null; session: object }) =>
        void ends.push({ id, principal, session: { ...session } }),
    }
    const node = await store.node(shop(sessionPages, handlers), { session: { timeout: '10m' } })
    const visitor = await visitorWith(node.url, 'name=ada')
    await visitor.get(node.url, '/login?as=ada')
    const guest = await visitorWith(node.url, 'name=guest')
    const ids = [visitor, guest].map(({ cookies }) => cookies.get('shop_sid')?.split('.')[0])
    await expire(store)
    expect(ends).toHaveLength(2)
    expect(ends).toEqual(
      expect.arrayContaining([
        { id: ids[0], principal: 'ada', session: { name: 'ada' } },
        { id: ids[1], principal: null, session: { name: 'guest' } },
      ]),
    )
  })

  test('onClientEnd runs for clients as onSessionEnd does for sessions', async ({ store }) => {
    const ends: unknown[] = []
    const page = ({ client }: PageContext) => {
      client.visits = 1
    }
    const application = shop(
      { '/visit': page },
      { onClientEnd: ({ client, reason }) => void ends.push({ ...client, reason }) },
    )
    const node = await store.node(application, { client: { timeout: '10m' } })
    await new Visitor().get(node.url, '/visit')
    await expire(store)
    expect(ends).toEqual([{ visits: 1, reason: 'timeout' }])
  })
})
