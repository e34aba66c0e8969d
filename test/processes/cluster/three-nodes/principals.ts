import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { Visitor } from '../../../support/visitor.js'
import { describeEverywhere, describeUnsharded, type Shop, sessionsPerPrincipal } from '../shops.js'
import { ask, everywhere, idOf, quiet, readOn, visitorAt } from '../visits.js'

/** The ids of the principal's sessions, as each of these nodes finds them. */
async function foundOn(shops: readonly Shop[], principal: string): Promise<string[][]> {
  const found = []
  for (const shop of shops)
    found.push((await ask(new Visitor(), shop, `find=${encodeURIComponent(principal)}`)).toSorted())
  return found
}

const loggedIn = (shop: Shop, principal: string, more = '') =>
  visitorAt(shop, `login=${encodeURIComponent(principal)}${more}`)

const idsOf = (visitors: readonly Visitor[]) => visitors.map(idOf).toSorted()

describe('principals', () => {
  describeEverywhere((test) => {
    test('34. find() on any node returns exactly the live sessions of a principal, wherever they were begun', async ({
      shops,
    }) => {
      const { a, b, three } = shops
      const run = randomUUID()
      const names = ['ada', 'Ada', 'ada ', 'ada:', 'a:da', 'ada lovelace', '👩‍💻', 'x'.repeat(300)].map(
        (it) => run + it,
      )
      for (const name of names) {
        const visitors = await Promise.all(three.map((shop) => loggedIn(shop, name)))
        expect(await foundOn(three, name), name).toEqual(everywhere(three, idsOf(visitors)))
      }
      const [ended, renamed, live] = [await loggedIn(a, run), await loggedIn(b, run), await loggedIn(b, run)]
      await ask(ended, b, 'invalidate')
      await ask(renamed, a, `login=${run}byron`)
      expect(await foundOn(three, run)).toEqual(everywhere(three, idsOf([live])))
      expect(await foundOn(three, `${run}byron`)).toEqual(everywhere(three, idsOf([renamed])))
    })

    test('35. beyond the limit the oldest login ends, on whichever node it lives, and its onSessionEnd runs once', async ({
      shops,
    }) => {
      const { a, b, c, three } = shops
      const principal = randomUUID()
      const visitors: Visitor[] = []
      for (const [index, shop] of [a, b, c, b].entries()) {
        visitors.push(await loggedIn(shop, principal, `&set=name:${principal}&set=login:${index}`))
        await shops.skip(1)
      }
      const kept = visitors.slice(1)
      expect(await foundOn(three, principal)).toEqual(everywhere(three, idsOf(kept)))
      await shops.learn()
      const [oldest = new Visitor()] = visitors
      expect(await readOn(three, oldest)).toEqual(everywhere(three, {}))
      for (const visitor of kept)
        for (const shop of three) expect(await ask(visitor, shop, 'principal')).toBe(principal)
      const evicted = { data: { name: principal, login: '0' }, reason: 'evicted', attempt: 1 }
      expect(await shops.endsOf(principal)).toMatchObject([evicted])
    })

    test('35. of nine parallel logins on three nodes no more than the limit stay once all have answered', async ({
      shops,
    }) => {
      const { three } = shops
      const principal = randomUUID()
      const visitors = await Promise.all(
        Array.from({ length: 9 }, (_, index) => visitorAt(three[index % 3] ?? shops.a, `set=number:${index}`)),
      )
      const login = (visitor: Visitor, index: number) =>
        visitor.get((three[index % 3] ?? shops.a).url, `/?login=${principal}`)
      const answers = await Promise.all(visitors.map(login))
      for (const { status } of answers) expect([200, 409]).toContain(status)
      const [found = []] = await foundOn([shops.a], principal)
      expect(found).toHaveLength(sessionsPerPrincipal)
      await shops.learn()
      const loggedInStill = []
      for (const visitor of visitors)
        if ((await ask(visitor, shops.b, 'principal')) === principal) loggedInStill.push(visitor)
      expect(idsOf(loggedInStill)).toEqual(found)
    })

    test('35. where logins beyond the limit are refused, of nine parallel ones exactly those that got 200 stay', async ({
      shops,
    }) => {
      const refusing = shops.of('refusing').three
      const principal = randomUUID()
      const visitors = Array.from({ length: 9 }, () => new Visitor())
      const login = async (visitor: Visitor, index: number) => {
        const { url } = refusing[index % 3] ?? shops.a
        const { status } = await visitor.get(url, `/?login=${principal}`)
        return { visitor, status }
      }
      const answers = await Promise.all(visitors.map(login))
      for (const { status } of answers) expect([200, 409]).toContain(status)
      const accepted = answers.filter(({ status }) => status === 200).map(({ visitor }) => visitor)
      expect(accepted.length).toBeLessThanOrEqual(sessionsPerPrincipal)
      expect(await foundOn(refusing, principal)).toEqual(everywhere(refusing, idsOf(accepted)))
    })
  })
})

describe('locks', () => {
  describeEverywhere((test) => {
    test('36. a lock held on A makes B and C wait until it is released, and they see what was changed under it', async ({
      shops,
    }) => {
      const { a, b, c, three } = shops
      const visitor = await visitorAt(a, 'set=name:ada')
      const held = a.hold()
      const first = visitor.get(a.url, `/?lock&increment=count&${held.step}`)
      await held.reached
      const others = [b, c].map((shop) => visitor.get(shop.url, '/?lock&increment=count&read'))
      expect(await Promise.race([...others, ask(visitor, a, 'id')])).toBe(idOf(visitor))
      held.open()
      expect((await first).status).toBe(200)
      const counts = (await Promise.all(others)).map((answer) => answer.json().count)
      expect(counts.toSorted()).toEqual([2, 3])
      await shops.learn()
      expect(await readOn(three, visitor)).toEqual(everywhere(three, { name: 'ada', count: 3 }))
    })
  })

  describeUnsharded((test, mode) => {
    const turns = mode === 'together' ? 125 : 25
    const count = 8 * turns
    test(`36. ${count.toLocaleString('en')} increments in a lock by four processes at once lose none`, async ({
      shops,
    }) => {
      const visitor = await visitorAt(shops.a, 'set=name:ada')
      const lane = async ({ url }: Shop) => {
        for (let turn = 0; turn < turns; turn += 1)
          expect(await visitor.get(url, '/?lock&increment=count')).toMatchObject(quiet)
      }
      await Promise.all([...shops.onAllNodes, ...shops.onAllNodes].map(lane))
      await shops.learn()
      expect(await readOn(shops.three, visitor)).toEqual(everywhere(shops.three, { name: 'ada', count }))
    })
  })
})
