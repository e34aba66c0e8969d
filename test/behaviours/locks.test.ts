import { describe, expect, vi } from 'vitest'
import { asDuration } from '../../src/errors/parse-duration.js'
import type { Duration } from '../../src/support/duration.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { Gate } from '../support/gate.js'
import { describeEverywhere } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/** Long enough not to matter. */
const patient = { wait: '1h' } as const
const minute = 60_000

const increment: Page = ({ scopes, session }) =>
  scopes.session.lock(() => {
    session.count = (session.count ?? 0) + 1
  }, patient)

/** A page that holds the lock while it waits at the gate; the next ones hold it no longer than they need. */
function holding(gate: Gate, lease: Duration = '10s'): Page {
  let isFirst = true
  return ({ query, scopes, session }) =>
    scopes.session.lock(
      async () => {
        const seen = { ...session }
        if (isFirst) {
          isFirst = false
          await gate.pass()
        }
        Object.assign(session, query)
        return seen
      },
      { ...patient, lease },
    )
}

describe('lock()', () => {
  describeEverywhere(({ learns, test }) => {
    if (learns === 'from a notice')
      test('a request on another node gets the lock as soon as it is released', async ({ store }) => {
        const gate = new Gate()
        const asked = new Gate()
        const waiting: Page = ({ scopes }) => {
          asked.pass()
          return scopes.session.lock(() => 'served', patient)
        }
        const [a, b] = await store.pair(shop({ ...sessionPages, '/hold': holding(gate), '/wait': waiting }))
        const visitor = await visitorWith(a.url, 'name=ada')
        await visitor.get(b.url, '/read')
        const first = visitor.get(a.url, '/hold')
        await gate.reached
        const second = visitor.get(b.url, '/wait')
        await asked.reached
        while (!b.traffic.exchanges.some(({ answer }) => answer === 'held')) await b.traffic.settled()
        const asksBefore = b.traffic.operations.filter((operation) => operation === 'lock').length
        gate.open()
        await first
        let isServed = false
        const answer = second.finally(() => {
          isServed = true
        })
        try {
          // By the clock of the nodes no time passes meanwhile.
          await vi.waitFor(() => expect(isServed).toBe(true), { interval: 5, timeout: 10_000 })
        } finally {
          expect((await store.until(answer)).json()).toBe('served')
        }
        expect(
          b.traffic.operations.filter((operation) => operation === 'lock').length - asksBefore,
        ).toBeLessThanOrEqual(2)
      })

    for (const where of ['the same node', 'another node']) {
      test(`36. a request on ${where} waits until the lock is free, and sees what was changed under it`, async ({
        store,
      }) => {
        const gate = new Gate()
        const [a, b] = await store.pair(shop({ ...sessionPages, '/hold': holding(gate) }))
        const visitor = await visitorWith(a.url, 'name=ada')
        await visitor.get(b.url, '/read')
        const first = visitor.get(a.url, '/hold?first=1')
        await gate.reached
        let isServed = false
        const second = visitor.get((where === 'another node' ? b : a).url, '/hold?second=2').finally(() => {
          isServed = true
        })
        await store.run(3_000)
        expect(isServed).toBe(false)
        gate.open()
        expect((await first).json()).toEqual({ name: 'ada' })
        expect((await store.until(second)).json()).toEqual({ name: 'ada', first: '1' })
        store.skip(minute)
        for (const { url } of [a, b])
          expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', first: '1', second: '2' })
      })
    }

    test('36. parallel read-modify-write of one attribute on two nodes loses nothing', async ({ store }) => {
      const nodes = await store.pair(shop({ ...sessionPages, '/increment': increment }))
      const visitor = await visitorWith(nodes[0].url, 'name=ada')
      const requests = nodes.flatMap(({ url }) => Array.from({ length: 5 }, () => visitor.get(url, '/increment')))
      const answers = await store.until(Promise.all(requests))
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
      store.skip(minute)
      for (const { url } of nodes) expect((await visitor.get(url, '/read')).json()).toMatchObject({ count: 10 })
    })

    test('36. a lock outlives a node that died by its lease, and what that node still saves is refused', async ({
      store,
    }) => {
      const gate = new Gate()
      const application = shop({ ...sessionPages, '/hold': holding(gate) })
      const asleep = await store.node(application, { clock: new ManualClock(store.clock.now()) })
      const awake = await store.node(application)
      const visitor = await visitorWith(asleep.url, 'name=ada')
      const first = visitor.get(asleep.url, '/hold?first=1')
      await gate.reached
      const asked = store.clock.now()
      expect((await store.until(visitor.get(awake.url, '/hold?second=2'))).json()).toEqual({ name: 'ada' })
      expect(store.clock.now() - asked).toBeGreaterThanOrEqual(10_000)
      gate.open()
      expect((await first).status).toBe(503)
      expect((await visitor.get(awake.url, '/read')).json()).toEqual({ name: 'ada', second: '2' })
      await asleep.stop()
      expect((await visitor.get(awake.url, '/read')).json()).toEqual({ name: 'ada', second: '2' })
    })

    test('a lock that is lost while the function runs aborts its signal, and the request can change nothing more', async ({
      store,
    }) => {
      const reasons: unknown[] = []
      const gate = new Gate()
      const late: unknown[] = []
      const waitForLoss: Page = async ({ scopes, session }) => {
        const locked = scopes.session.lock(async (signal) => {
          const lost = new Promise((resolve) => signal.addEventListener('abort', resolve))
          const passed = gate.pass()
          await lost
          reasons.push(signal.reason.code)
          await passed
        })
        await locked.catch((error) => reasons.push(error.code))
        for (const change of [() => (session.late = 'yes'), () => session.cart.push('late')])
          try {
            change()
          } catch (error) {
            late.push(error)
          }
      }
      const sleeping = new ManualClock(store.clock.now())
      const application = shop({ ...sessionPages, '/increment': increment, '/wait': waitForLoss })
      const asleep = await store.node(application, { clock: sleeping })
      const awake = await store.node(application)
      const visitor = await visitorWith(asleep.url, 'name=ada')
      const first = visitor.get(asleep.url, '/wait')
      await gate.reached
      await store.until(visitor.get(awake.url, '/increment'))
      sleeping.jump(11_000)
      await sleeping.advance(0)
      expect((await first).status).toBe(200)
      gate.open()
      expect(reasons).toEqual(['LOCK_LOST', 'LOCK_LOST'])
      expect(late).toMatchObject([{ code: 'LOCK_LOST' }, { code: 'LOCK_LOST' }])
      store.skip(minute)
      expect((await visitor.get(awake.url, '/read')).json()).toEqual({ name: 'ada', count: 1 })
    })

    test('a function that never ends loses its lock, and the next request gets it', async ({ store }) => {
      const gate = new Gate()
      const endless: Page = ({ scopes, session }) =>
        scopes.session.lock(
          async () => {
            session.endless = 'yes'
            await gate.pass()
          },
          { hold: '30s' },
        )
      const [a, b] = await store.pair(shop({ ...sessionPages, '/increment': increment, '/endless': endless }))
      const visitor = await visitorWith(a.url, 'name=ada')
      const first = visitor.get(a.url, '/endless')
      await gate.reached
      const began = store.clock.now()
      expect((await store.until(visitor.get(b.url, '/increment'))).status).toBe(200)
      expect(store.clock.now() - began).toBeLessThan(45_000)
      expect((await store.until(first)).status).toBe(503)
      store.skip(minute)
      for (const { url } of [a, b]) expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', count: 1 })
      gate.open()
    })

    test('a function that waits for an operation begun after its lock ends with the lock', async ({ store }) => {
      const cycle: Page = async ({ scopes }) => {
        let after: Promise<unknown> = Promise.resolve()
        const locked = scopes.session.lock(() => after, { hold: '30s' })
        after = scopes.session.increment('count')
        await Promise.allSettled([locked, after])
        return 'over'
      }
      const { url } = await store.node(shop({ ...sessionPages, '/cycle': cycle }))
      const visitor = await visitorWith(url, 'name=ada')
      expect((await store.until(visitor.get(url, '/cycle'))).json()).toBe('over')
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('a lock is renewed as long as the function runs, and who waits in vain gets 503', async ({ store }) => {
      const gate = new Gate()
      const impatient: Page = ({ scopes }) => scopes.session.lock(() => expect.unreachable(), { wait: '20s' })
      const pages = { ...sessionPages, '/hold': holding(gate, '3s'), '/impatient': impatient }
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada')
      const first = visitor.get(a.url, '/hold?first=1')
      await gate.reached
      const answer = await store.until(visitor.get(b.url, '/impatient'))
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toBe('5')
      gate.open()
      expect((await first).status).toBe(200)
      expect((await visitor.get(a.url, '/read')).json()).toEqual({ name: 'ada', first: '1' })
    })

    test('when the function throws, nothing it changed is saved and the lock is free', async ({ store }) => {
      const failing: Page = ({ scopes, session, throw: fail }) =>
        scopes.session.lock(() => {
          session.count = -1
          fail(418)
        })
      const { url } = await store.node(shop({ ...sessionPages, '/fail': failing, '/increment': increment }))
      const visitor = await visitorWith(url, 'name=ada')
      expect((await visitor.get(url, '/fail')).status).toBe(418)
      expect((await visitor.get(url, '/increment')).status).toBe(200)
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', count: 1 })
    })

    test('a session that is not stored yet has nobody to be locked against', async ({ store }) => {
      const node = await store.node(shop({ ...sessionPages, '/increment': increment }))
      const visitor = await visitorWith(node.url, '')
      expect((await visitor.get(node.url, '/increment')).setCookie).toHaveLength(1)
      expect(node.traffic.operations).toEqual(['save'])
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ count: 1 })
    })

    test('what the request changed before is saved, whatever becomes of the function', async ({ store }) => {
      const page: Page = async ({ query, scopes, session, throw: fail }) => {
        session.before = query.outcome
        await scopes.session.lock(() => {
          session.inside = query.outcome
          if (query.outcome === 'failure') fail(418)
        })
      }
      const { url } = await store.node(shop({ ...sessionPages, '/': page }))
      const visitor = await visitorWith(url, 'name=ada')
      expect((await visitor.get(url, '/?outcome=success')).status).toBe(200)
      expect((await visitor.get(url, '/?outcome=failure')).status).toBe(418)
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', before: 'failure', inside: 'success' })
    })

    for (const act of ['reload', 'lock'] as const) {
      test(`values handed out before ${act}() are detached: what is changed in them goes nowhere`, async ({
        store,
      }) => {
        const page: Page = async ({ scopes, session }) => {
          const before = session.cart
          const use = () => {
            before.push('lost')
            session.cart.push('kept')
          }
          if (act === 'lock') return scopes.session.lock(use)
          await scopes.session.reload()
          use()
        }
        const fill: Page = ({ session }) => {
          session.cart = []
        }
        const { url } = await store.node(shop({ ...sessionPages, '/': page, '/fill': fill }))
        const visitor = await visitorWith(url, '')
        await visitor.get(url, '/fill')
        await visitor.get(url)
        expect((await visitor.get(url, '/read')).json()).toEqual({ cart: ['kept'] })
      })
    }

    test('reload() forgets what is not committed, and reads what others have saved meanwhile', async ({ store }) => {
      const gate = new Gate()
      const page: Page = async ({ scopes, session }) => {
        session.mine = true
        await gate.pass()
        await scopes.session.reload()
        return { ...session }
      }
      const [a, b] = await store.pair(shop({ ...sessionPages, '/reload': page }))
      const visitor = await visitorWith(a.url, 'name=ada')
      const request = visitor.get(a.url, '/reload')
      await gate.reached
      await visitor.get(b.url, '/write?name=lovelace')
      gate.open()
      expect((await request).json()).toEqual({ name: 'lovelace' })
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ name: 'lovelace' })
    })
  })
})

describe('57. requests of one node for one lock', () => {
  describeEverywhere(({ test }) => {
    test('are served in the order in which they came, and none is refused that fits into its wait', async ({
      store,
    }) => {
      const served: number[] = []
      const gates = Array.from({ length: 20 }, () => new Gate())
      const inTurn: Page = ({ query, scopes }) =>
        scopes.session.lock(async () => {
          const n = Number(query.n)
          served.push(n)
          await gates[n]?.pass()
        }, patient)
      const { url, line } = await store.node(shop({ ...sessionPages, '/turn': inTurn }))
      const visitor = await visitorWith(url, 'name=ada')
      const answers: Promise<{ status: number }>[] = []
      for (let n = 0; n < gates.length; n += 1) {
        // Its load over, it is in the queue.
        const loaded = line.hold('load', { at: 'after' })
        answers.push(visitor.clone().get(url, `/turn?n=${n}`))
        if (n === 0) {
          if (store.cluster) await loaded.reached
          line.letGo()
          await gates[0]?.reached
        } else {
          line.letGo()
          await store.run(1)
        }
      }
      for (const gate of gates) {
        await gate.reached
        gate.open()
        await store.run(1)
      }
      for (const { status } of await store.until(Promise.all(answers))) expect(status).toBe(200)
      expect(served).toEqual(gates.map((_, n) => n))
    })

    test('wait no longer than they want', async ({ store }) => {
      const gate = new Gate()
      const hold: Page = ({ query, scopes }) =>
        scopes.session
          .lock(() => gate.pass(), { wait: asDuration(String(query.wait ?? '1h')) })
          .then(
            () => 'served',
            (error) => error.code,
          )
      const { url } = await store.node(shop({ ...sessionPages, '/hold': hold }))
      const visitor = await visitorWith(url, 'name=ada')
      const first = visitor.clone().get(url, '/hold')
      await gate.reached
      const impatient = visitor.clone().get(url, '/hold?wait=1s')
      const next = visitor.clone().get(url, '/hold')
      expect((await store.until(impatient)).json()).toBe('LOCK_NOT_TAKEN')
      gate.open()
      for (const answer of await store.until(Promise.all([first, next]))) expect(answer.json()).toBe('served')
    })

    test('of a session that is not stored yet: when its function throws, only the changes before it are kept', async ({
      store,
    }) => {
      const page: Page = async ({ query, scopes, session }) => {
        if (query.a) session.a = query.a
        const failing = scopes.session.lock(() => {
          session.b = 1
          throw new RangeError('no')
        })
        return failing.catch((error) => error.name)
      }
      const { app, url } = await store.node(shop({ ...sessionPages, '/': page }))
      const visitor = new Visitor()
      expect((await visitor.get(url, '/?a=1')).json()).toBe('RangeError')
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
      expect(await new Visitor().get(url)).toMatchObject({ text: '"RangeError"', setCookie: [] })
      expect(await app.sessions.count()).toBe(1)
    })
  })
})
