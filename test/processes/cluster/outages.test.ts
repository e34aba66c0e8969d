import { describe, expect, vi } from 'vitest'
import { TcpProxy } from '../../support/tcp-proxy.js'
import { Visitor } from '../../support/visitor.js'
import { longestSlack } from './modes.js'
import { MortalRedis } from './mortal-redis.js'
import {
  configOn,
  deadline,
  expectUnavailable,
  holdsAgain,
  type Mode,
  modes,
  patience,
  recovers,
  servedAgain,
  test,
} from './mortal-world.js'
import { ask, idOf, quiet, readOn, visitorAt } from './visits.js'

/** What a request may take beyond the deadline on a busy machine. */
const tolerated = 2_000

async function timed<T>(task: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const start = performance.now()
  const result = await task
  return { result, ms: performance.now() - start }
}

/** By their order, which a busy machine keeps, and not by the clock. */
const isAnsweredBefore = (later: readonly Promise<unknown>[], first: Promise<unknown>): Promise<boolean> =>
  Promise.race([first.then(() => true), ...later.map((it) => it.then(() => false))])

describe('a Redis that is down, cluster: true', () => {
  test('43. gets requests 503 with Retry-After and never an empty session; back again, it is used without a restart', async ({
    world: { a, b, redis },
  }) => {
    const [onA, onB] = [a.at('together'), b.at('together')]
    const visitor = await visitorAt(onA, 'set=name:ada')
    const held = a.hold()
    const slow = visitor.get(onA.url, `/?${held.step}&set=name:eve`)
    await held.reached
    await redis.kill()
    held.open()
    expectUnavailable(await slow)
    for (const shop of [onA, onB]) {
      for (const steps of ['read', 'set=name:eve', 'rotate', 'invalidate', 'login=eve'])
        expectUnavailable(await visitor.get(shop.url, `/?${steps}`))
      expectUnavailable(await new Visitor().get(shop.url, '/?set=name:eve'))
      expect((await new Visitor().get(shop.url, '/')).status).toBe(200)
    }
    await redis.start()
    for (const shop of [onA, onB]) expect(await servedAgain(shop, visitor)).toEqual({ name: 'ada' })
    expect(await visitor.get(onB.url, '/?set=name:lovelace')).toMatchObject(quiet)
    expect(await readOn([onA], visitor)).toEqual([{ name: 'lovelace' }])
  })

  test('43. at the start of a node is waited for: until it is there, requests that need it get 503', async ({
    world: { nodes },
  }) => {
    const late = await MortalRedis.unborn()
    const node = await nodes.start({ config: configOn(late) })
    for (const mode of modes) {
      expectUnavailable(await visitorWithUnknownSession(mode).get(node.at(mode).url, '/?read'))
      expect((await new Visitor().get(node.at(mode).url, '/')).status).toBe(200)
    }
    expectUnavailable(await new Visitor().get(node.at('together').url, '/?set=name:eve'))
    const early = await visitorAt(node.at('apart'), 'set=name:ada')
    await late.start()
    await vi.waitFor(async () => {
      expect((await new Visitor().get(node.at('together').url, '/?set=name:ada')).status).toBe(200)
    }, patience)
    await recovers(node, 'apart')
    const other = await nodes.start({ config: configOn(late) })
    expect(await readOn([node.at('apart'), other.at('apart')], early)).toEqual([{ name: 'ada' }, { name: 'ada' }])
    await Promise.all([node.stop(), other.stop()])
    await late.remove()
  })
})

function visitorWithUnknownSession(mode: Mode): Visitor {
  const visitor = new Visitor()
  visitor.cookies.set(`${mode}_sid`, `${'i'.repeat(22)}.${'s'.repeat(24)}`)
  return visitor
}

describe('a Redis that is down, cluster: false', () => {
  test('44. leaves the sessions in memory in use, and gets what was written meanwhile when it is back', async ({
    world: { a, b, redis },
  }) => {
    const [onA, onB] = [a.at('apart'), b.at('apart')]
    const [known, changing] = [await visitorAt(onA, 'set=name:ada'), await visitorAt(onA, 'set=name:byron')]
    await redis.kill()
    const begun = await visitorAt(onA, 'set=name:grace')
    expect(begun.cookies.size).toBe(1)
    expect(await readOn([onA], known)).toEqual([{ name: 'ada' }])
    for (const steps of ['push=cart:book', 'push=cart:pen', 'set=name:lovelace'])
      expect(await changing.get(onA.url, `/?${steps}`)).toMatchObject(quiet)
    for (const steps of ['read', 'set=name:eve']) expectUnavailable(await known.get(onB.url, `/?${steps}`))
    for (const steps of ['rotate', 'login=eve', 'invalidate']) expectUnavailable(await known.get(onA.url, `/?${steps}`))
    expect(await readOn([onA], known)).toEqual([{ name: 'ada' }])

    await redis.start()
    await recovers(a, 'apart')
    expect(await servedAgain(onB, known)).toEqual({ name: 'ada' })
    const cart = ['book', 'pen']
    expect(await readOn([onA, onB], changing)).toEqual(Array(2).fill({ name: 'lovelace', cart }))
    expect(await readOn([onA, onB], begun)).toEqual(Array(2).fill({ name: 'grace' }))
  })

  test('44. for one node only leaves a session ended that an admin ended on another meanwhile, and the loss is told', async ({
    world: { b, nodes, redis },
  }) => {
    const line = await TcpProxy.to(redis.port)
    const cutOff = await nodes.start({ config: configOn(line) })
    const [here, there] = [cutOff.at('apart'), b.at('apart')]
    const visitor = await visitorAt(here, 'set=name:ada')
    const other = await visitorAt(here, 'set=name:byron')
    line.blackhole()
    expect(await visitor.get(here.url, '/?set=name:lovelace')).toMatchObject(quiet)
    expect(await other.get(here.url, '/?set=here:1')).toMatchObject(quiet)
    expect(await ask(new Visitor(), there, `end=${idOf(visitor)}`)).toBe(1)
    expect(await other.get(there.url, '/?set=there:1')).toMatchObject(quiet)
    line.heal()
    await recovers(cutOff, 'apart')
    await vi.waitFor(async () => {
      const lost = await ask(new Visitor(), here, 'told=scope:lost')
      expect(lost).toEqual([{ scope: 'session', id: idOf(visitor) }])
    }, patience)
    expect(await readOn([here, there], visitor)).toEqual([{}, {}])
    await nodes.skip(longestSlack)
    const both = { name: 'byron', here: '1', there: '1' }
    expect(await readOn([here, there], other)).toEqual([both, both])
    await cutOff.stop()
    await line.close()
  })
})

describe('a Redis that hangs', () => {
  test('45. ends requests at the deadline, not later, blocks no others, and applies nothing afterwards; cluster: true', async ({
    world: { a, b, redis },
  }) => {
    const [onA, onB] = [a.at('together'), b.at('together')]
    const visitor = await visitorAt(onA, 'set=name:ada')
    const held = a.hold()
    const slow = visitor.get(onA.url, `/?${held.step}&set=name:eve&set=slow:yes`)
    await held.reached
    redis.pause()
    held.open()
    const hanging = [slow, visitor.get(onA.url, '/?read'), new Visitor().get(onA.url, '/?set=name:eve')].map(timed)
    expect(await isAnsweredBefore(hanging, new Visitor().get(onA.url, '/'))).toBe(true)
    for (const { result, ms } of await Promise.all(hanging)) {
      expectUnavailable(result)
      expect(ms).toBeLessThan(deadline + tolerated)
    }
    redis.resume()
    for (const shop of [onB, onA]) expect(await servedAgain(shop, visitor)).toEqual({ name: 'ada' })
  })

  test('45. holds up no request of a session in memory but one that changed it, and that until the deadline; cluster: false', async ({
    world: { a, b, redis },
  }) => {
    const [onA, onB] = [a.at('apart'), b.at('apart')]
    const visitor = await visitorAt(onA, 'set=name:ada')
    redis.pause()
    const write = timed(visitor.get(onA.url, '/?set=name:lovelace'))
    const read = visitor.get(onA.url, '/?get=name')
    expect(await isAnsweredBefore([write], read)).toBe(true)
    expect((await read).status).toBe(200)
    const elsewhere = await timed(visitor.get(onB.url, '/?read'))
    expectUnavailable(elsewhere.result)
    for (const { ms } of [await write, elsewhere]) expect(ms).toBeLessThan(deadline + tolerated)
    expect((await write).result).toMatchObject(quiet)
    redis.resume()
    await recovers(a, 'apart')
    expect(await servedAgain(onB, visitor)).toEqual({ name: 'lovelace' })
  })
})

/** Pushes into a cart of its own until it is told to stop, and remembers which items were acknowledged. */
function shopper(shop: { readonly url: string }) {
  const visitor = new Visitor()
  const acknowledged: string[] = []
  let isDone = false
  const pushOn = async () => {
    for (let item = 0; !isDone; item += 1) {
      const { status } = await visitor.get(shop.url, `/?push=cart:${item}`)
      expect([200, 503]).toContain(status)
      if (status === 200) acknowledged.push(String(item))
    }
  }
  const pushed = pushOn()
  const stop = async () => {
    isDone = true
    await pushed
  }
  return { visitor, acknowledged, stop }
}

describe.for(modes)('a Redis that is killed and started again, %s', (mode) => {
  test('46. under load: every write that was acknowledged is there, once and in order', async ({
    world: { a, b, redis },
  }) => {
    const shoppers = Array.from({ length: 10 }, (_, index) => shopper((index % 2 ? a : b).at(mode)))
    const haveMore = async () => {
      const before = shoppers.map(({ acknowledged }) => acknowledged.length)
      await vi.waitFor(() => {
        for (const [index, { acknowledged }] of shoppers.entries())
          expect(acknowledged.length).toBeGreaterThan((before[index] ?? 0) + 5)
      }, patience)
    }
    await haveMore()
    for (let death = 0; death < 2; death += 1) {
      await redis.kill()
      if (mode === 'apart') await haveMore()
      await redis.start()
      await haveMore()
    }
    await Promise.all(shoppers.map(({ stop }) => stop()))
    for (const node of [a, b]) await recovers(node, mode)
    for (const [index, { visitor, acknowledged }] of shoppers.entries()) {
      const { cart } = await ask(visitor, (index % 2 ? b : a).at(mode), 'read')
      expect(cart.filter((item: string) => acknowledged.includes(item))).toEqual(acknowledged)
      expect(new Set(cart).size).toBe(cart.length)
    }
  })

  test('46. with older data: nodes that hold what it has lost notice, and agree', async ({
    world: { a, b, nodes, redis },
  }) => {
    const both = [a.at(mode), b.at(mode)]
    const [visitor, unknown] = [await visitorAt(a.at(mode), 'set=k:1'), new Visitor()]
    const beginAgain = await redis.remember()
    await ask(visitor, a.at(mode), 'set=k:2&set=later:yes')
    await unknown.get(a.url, `/${mode}/?set=k:2`)
    for (const shop of both) await ask(visitor, shop, 'read')
    await beginAgain()
    await vi.waitFor(async () => expect((await visitor.get(b.at(mode).url, '/?count')).status).toBe(200), patience)
    await nodes.skip(longestSlack)
    for (const shop of both) await holdsAgain(shop, visitor, { k: '1' })
    for (const shop of both) await holdsAgain(shop, unknown, {})
    await ask(visitor, b.at(mode), 'set=k:3')
    await nodes.skip(longestSlack)
    expect(await readOn(both, visitor)).toEqual([{ k: '3' }, { k: '3' }])
  })

  test('46. with nothing: no session comes back from the memory of a node, and new ones begin', async ({
    world: { a, b, nodes, redis },
  }) => {
    const both = [a.at(mode), b.at(mode)]
    const visitor = await visitorAt(a.at(mode), 'set=k:1')
    const id = idOf(visitor)
    for (const shop of both) await ask(visitor, shop, 'read')
    await redis.forget()
    await nodes.skip(longestSlack)
    for (const shop of both) await holdsAgain(shop, visitor, {})
    await vi.waitFor(async () => expect((await visitor.get(b.at(mode).url, '/?set=k:2')).status).toBe(200), patience)
    expect(idOf(visitor)).not.toBe(id)
    await nodes.skip(longestSlack)
    expect(await readOn(both, visitor)).toEqual([{ k: '2' }, { k: '2' }])
  })
})
