import { describe, expect } from 'vitest'
import { Visitor } from '../../../support/visitor.js'
import { alike, describeEverywhere } from '../shops.js'
import { ask, everywhere, idOf, quiet, readOn, visitorAt } from '../visits.js'

/** So long a request with a secret that was just replaced is told so. */
const replacedFor = 60_000

describe('rotation', () => {
  describeEverywhere((test) => {
    test('27. after rotate() the new secret works with the same data, and the old cookie is dead on every node', async ({
      shops,
    }) => {
      const { a, b, three } = shops
      const visitor = await visitorAt(a, 'set=name:ada')
      await readOn([b], visitor)
      const before = visitor.clone()
      expect((await visitor.get(a.url, '/?rotate')).setCookie).toHaveLength(1)
      expect(visitor.cookies).not.toEqual(before.cookies)
      expect(await readOn(three, visitor)).toEqual(everywhere(three, { name: 'ada' }))
      expect(idOf(visitor)).toBe(idOf(before))
      await shops.skip(replacedFor)
      expect(await readOn(three, before)).toEqual(everywhere(three, {}))
      expect(await readOn(three, visitor)).toEqual(everywhere(three, { name: 'ada' }))
    })

    for (const where of ['the same node', 'another node']) {
      test(`28. a slow request on ${where} that began before a login saves after it, and the login stands`, async ({
        shops,
      }) => {
        const { a, b, three } = shops
        const visitor = await visitorAt(a, 'set=name:ada')
        const before = visitor.clone()
        const shop = where === 'another node' ? b : a
        const held = shop.hold()
        const slow = before.clone().get(shop.url, `/?read&${held.step}&set=slow:yes`)
        await held.reached
        expect((await visitor.get(a.url, '/?login=ada')).setCookie).toHaveLength(1)
        held.open()
        expect(await slow).toMatchObject(quiet)
        await shops.skip(replacedFor)
        expect(await readOn(three, visitor)).toEqual(everywhere(three, { name: 'ada', slow: 'yes' }))
        for (const shop of three) expect(await ask(visitor, shop, 'principal')).toBe('ada')
        expect(await readOn(three, before)).toEqual(everywhere(three, {}))
      })
    }

    test('29. of requests on three nodes that rotate at once one wins, and the others leave no trace', async ({
      shops,
    }) => {
      const { three } = shops
      const first = await visitorAt(shops.a, 'set=name:ada')
      const visits = three.map((shop, index) => ({ shop, index, visitor: first.clone(), held: shop.hold() }))
      const requests = visits.map(({ shop, index, visitor, held }) =>
        visitor.get(shop.url, `/?set=by${index}:yes&${held.step}&rotate`),
      )
      await Promise.all(visits.map(({ held }) => held.reached))
      for (const { held } of visits) held.open()
      const answers = await Promise.all(requests)
      const won = answers.findIndex(({ status }) => status === 200)
      expect(answers[won]?.setCookie).toHaveLength(1)
      expect(answers.toSpliced(won, 1)).toMatchObject(Array(2).fill({ status: 409, setCookie: [] }))
      await shops.skip(replacedFor)
      const winner = visits[won]?.visitor ?? first
      expect(await readOn(three, winner)).toEqual(everywhere(three, { name: 'ada', [`by${won}`]: 'yes' }))
      expect(await readOn(three, first)).toEqual(everywhere(three, {}))
    })

    test('29b. a poll with the secret that a login on another node replaced reads nothing, cannot write, and leaves the new cookie alone', async ({
      shops,
    }) => {
      const { a, b, three } = shops
      const visitor = await visitorAt(a, 'set=name:ada')
      const before = visitor.clone()
      await visitor.get(a.url, '/?login=ada')
      expect(await before.get(b.url, '/?read')).toMatchObject({ ...quiet, text: '{}' })
      for (const step of ['set=name:eve', 'rotate', 'login=eve', 'invalidate'])
        expect(await before.get(b.url, `/?${step}`), step).toMatchObject({ status: 409, setCookie: [] })
      await shops.learn()
      expect(await readOn(three, visitor)).toEqual(everywhere(three, { name: 'ada' }))
    })
  })
})

describe('the end', () => {
  describeEverywhere((test) => {
    test('30. invalidate() on A ends the session on every node, its handler runs once, and the client stays', async ({
      shops,
    }) => {
      const { a, b, three } = shops
      const visitor = await visitorAt(a, 'set=name:end-30&remember=colour:blue')
      await readOn([b], visitor)
      const before = visitor.clone()
      const { setCookie } = await visitor.get(a.url, '/?invalidate')
      expect(setCookie).toEqual([expect.stringContaining('Max-Age=0')])
      expect(await readOn([a], before.clone())).toEqual([{}])
      await shops.learn()
      expect(await readOn(three, before.clone())).toEqual(everywhere(three, {}))
      for (const shop of three) expect(await ask(before.clone(), shop, 'recall')).toEqual({ colour: 'blue' })
      expect(await shops.endsOf('end-30')).toMatchObject([{ reason: 'invalidated', attempt: 1 }])
    })

    for (const where of ['the same node', 'another node']) {
      test(`31. a slow request on ${where} that saves after invalidate() brings nothing back, and the loss is told`, async ({
        shops,
      }) => {
        const { a, b, three } = shops
        const name = `end-31 on ${where}`
        const visitor = await visitorAt(a, `set=name:${name}`)
        const before = visitor.clone()
        const shop = where === 'another node' ? b : a
        const held = shop.hold()
        const slow = before.clone().get(shop.url, `/?read&${held.step}&set=late:yes`)
        await held.reached
        await visitor.get(a.url, '/?invalidate')
        held.open()
        expect(await slow).toMatchObject(quiet)
        expect(await ask(new Visitor(), shop, 'told=scope:lost')).toContainEqual({ scope: 'session', id: idOf(before) })
        await shops.learn()
        expect(await readOn(three, before)).toEqual(everywhere(three, {}))
        expect(await shops.endsOf(name)).toMatchObject([{ data: { name }, reason: 'invalidated', attempt: 1 }])
      })
    }

    test('31. a session that an admin ends on C is over for slow requests on A and B', async ({ shops }) => {
      const { a, b, c, three } = shops
      const visitor = await visitorAt(a, 'set=name:end-31 by an admin')
      const holds = [a.hold(), b.hold()] as const
      const requests = [
        visitor.get(a.url, `/?${holds[0].step}&set=late:yes`),
        visitor.get(b.url, `/?${holds[1].step}&set=late:yes`),
      ]
      await Promise.all(holds.map(({ reached }) => reached))
      expect(await ask(new Visitor(), c, `end=${idOf(visitor)}`)).toBe(1)
      for (const { open } of holds) open()
      expect(await Promise.all(requests)).toMatchObject([quiet, quiet])
      await shops.learn()
      expect(await readOn(three, visitor)).toEqual(everywhere(three, {}))
      expect(await shops.endsOf('end-31 by an admin')).toMatchObject([{ reason: 'ended', attempt: 1 }])
    })

    test('32. a well-formed but unknown id or secret is adopted by no node', async ({ shops }) => {
      const visitor = await visitorAt(shops.a, 'set=name:ada')
      const [[cookie = ''] = []] = visitor.cookies
      await shops.skip(replacedFor)
      for (const credential of [`${'i'.repeat(22)}.${'s'.repeat(24)}`, `${idOf(visitor)}.${'s'.repeat(24)}`]) {
        for (const { url } of shops.three) {
          const stranger = new Visitor()
          stranger.cookies.set(cookie, credential)
          expect(await stranger.get(url, '/?read')).toMatchObject({ ...quiet, text: '{}' })
          expect((await stranger.get(url, '/?set=name:eve')).setCookie).toHaveLength(1)
          expect([idOf(visitor), 'i'.repeat(22)]).not.toContain(idOf(stranger))
        }
      }
      expect(await readOn(shops.three, visitor)).toEqual(everywhere(shops.three, { name: 'ada' }))
    })

    test('33. of two cookies of one name the live one is used on every node, whichever comes first', async ({
      shops,
    }) => {
      const visitor = await visitorAt(shops.a, 'set=name:ada')
      const [[name = '', live = ''] = []] = visitor.cookies
      const stale = `${'i'.repeat(22)}.${'s'.repeat(24)}`
      for (const { url } of shops.three) {
        for (const values of [
          [live, stale],
          [stale, live],
        ]) {
          const cookie = values.map((value) => `${name}=${value}`).join('; ')
          expect((await visitor.get(url, '/?read', { headers: { cookie } })).json()).toEqual({ name: 'ada' })
        }
      }
    })
  })
})

describe('applications on one cache', () => {
  describeEverywhere((test) => {
    test('41. whose names differ by case or prefix never meet', async ({ shops }) => {
      const all = alike.map((kind) => ({ kind, ...shops.of(kind) }))
      const visitor = new Visitor()
      for (const { kind, a } of all) await ask(visitor, a, `login=ada&set=name:${kind}&remember=of:${kind}`)
      expect(visitor.cookies.size).toBe(2 * alike.length)
      for (const { kind, a, b } of all) {
        expect(await ask(visitor, b, 'read')).toEqual({ name: kind })
        expect(await ask(visitor, b, 'recall')).toEqual({ of: kind })
        expect(await ask(visitor, b, 'find=ada')).toEqual([await ask(visitor, a, 'id')])
      }
      const before = visitor.clone()
      await ask(visitor, shops.of('copy').a, 'invalidate')
      await shops.learn()
      const onB = all.map(({ b }) => b)
      expect(await readOn(onB, before)).toEqual([{}, ...alike.slice(1).map((name) => ({ name }))])
      expect(await shops.of('copy').endsOf('copy')).toHaveLength(1)
      for (const kind of alike.slice(1)) expect(await shops.of(kind).endsOf(kind, 0)).toEqual([])
    })
  })
})
