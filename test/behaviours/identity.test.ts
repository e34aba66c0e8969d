import { describe, expect } from 'vitest'
import { Gate } from '../support/gate.js'
import { heard } from '../support/heard.js'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000
const unknownId = 'i'.repeat(22)
const unknownSecret = 's'.repeat(24)

const presenting = (...values: string[]) => ({
  headers: { cookie: values.map((value) => `shop_sid=${value}`).join('; ') },
})

const nothingDone = { status: 200, setCookie: [] }

describe('rotation', () => {
  describeEverywhere.andServers(({ cluster, test }) => {
    test('27. after rotate() the new secret works with the same data, and the old cookie is dead on every node', async ({
      store,
    }) => {
      const nodes = await store.pair(shop(sessionPages))
      const [a, b] = nodes
      const visitor = await visitorWith(a.url, 'name=ada')
      await visitor.get(b.url, '/read')
      const before = visitor.clone()
      const id = (await visitor.get(a.url, '/id')).json()
      const rotations = heard(a, 'session:rotate')

      expect((await visitor.get(a.url, '/rotate')).setCookie).toHaveLength(1)
      expect(rotations).toEqual([{ scope: 'session', id }])
      expect(visitor.cookies).not.toEqual(before.cookies)
      for (const { url } of nodes) {
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
        expect((await visitor.get(url, '/id')).json()).toBe(id)
      }
      store.skip(minute)
      for (const { url } of nodes) expect((await before.clone().get(url, '/read')).json()).toEqual({})
    })

    test('rotate() of a visitor without a session does nothing', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      expect(await new Visitor().get(node.url, '/rotate')).toMatchObject(nothingDone)
      expect(node.traffic.operations).toEqual([])
    })

    for (const where of ['the same node', 'another node']) {
      test(`28. a slow request on ${where} that began before a login saves after it, and the login stands`, async ({
        store,
      }) => {
        const gate = new Gate()
        const slow = async ({ session }: PageContext) => {
          await gate.pass()
          session.slow = true
        }
        const nodes = await store.pair(shop({ ...sessionPages, '/slow': slow }))
        const [a, b] = nodes
        const visitor = await visitorWith(a.url, 'name=ada')
        const before = visitor.clone()
        const slowRequest = before.clone().get((where === 'another node' ? b : a).url, '/slow')
        await gate.reached
        await visitor.get(a.url, '/login?as=ada')
        gate.open()
        expect(await slowRequest).toMatchObject(nothingDone)

        store.skip(minute)
        for (const { url } of nodes) {
          expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', slow: true })
          expect((await visitor.get(url, '/principal')).json()).toBe('ada')
          expect((await before.clone().get(url, '/read')).json()).toEqual({})
        }
      })

      test(`29. of two requests that rotate at once, one on ${where}, one wins and the other leaves no trace`, async ({
        store,
      }) => {
        const loserHasWritten = new Gate()
        loserHasWritten.open()
        const rotateAndWrite = async ({ query, scopes, session }: PageContext) => {
          Object.assign(session, query)
          if (query.lost) await loserHasWritten.pass()
          await scopes.session.rotate()
        }
        const nodes = await store.pair(shop({ ...sessionPages, '/both': rotateAndWrite }))
        const [a, b] = nodes
        const winner = await visitorWith(a.url, 'name=ada')
        const loser = winner.clone()
        await winner.get(b.url, '/read')
        const [ahead, behind] = where === 'another node' ? [b, a] : [a, a]

        const held = ahead.line.hold('save')
        const first = winner.get(ahead.url, '/both?by=first')
        await held.reached
        const heldToo = behind.line.hold('save')
        const second = loser.get(behind.url, '/both?lost=true')
        await (ahead === behind && !cluster ? loserHasWritten : heldToo).reached
        held.open()
        expect((await first).setCookie).toHaveLength(1)
        heldToo.open()
        expect(await second).toMatchObject({ status: 409, setCookie: [] })

        store.skip(minute)
        for (const { url } of nodes) {
          expect((await winner.get(url, '/read')).json()).toEqual({ name: 'ada', by: 'first' })
          expect((await loser.clone().get(url, '/read')).json()).toEqual({})
        }
      })

      test(`29b. a poll with the old secret on ${where} reads nothing, cannot write, and leaves the new cookie alone`, async ({
        store,
      }) => {
        const [a, b] = await store.pair(shop(sessionPages))
        const { url } = where === 'another node' ? b : a
        const visitor = await visitorWith(a.url, 'name=ada')
        const before = visitor.clone()
        await visitor.get(a.url, '/login?as=ada')

        expect(await before.get(url, '/read')).toMatchObject({ ...nothingDone, text: '{}' })
        for (const path of ['/write?name=eve', '/rotate', '/login?as=eve', '/end'])
          expect(await before.get(url, path), path).toMatchObject({ status: 409, setCookie: [] })
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })

        store.skip(minute)
        const { setCookie } = await before.get(url, '/write?name=eve')
        expect(setCookie).toHaveLength(1)
        expect((await before.get(url, '/id')).json()).not.toBe((await visitor.get(url, '/id')).json())
        expect((await visitor.get(a.url, '/read')).json()).toEqual({ name: 'ada' })
      })
    }
  })
})

describe('what a cookie may say', () => {
  describeEverywhere(({ test }) => {
    test('32. a well-formed but unknown id or secret is never adopted', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      const id = (await visitor.get(url, '/id')).json()
      const [before] = (await app.sessions.list()).items

      store.skip(minute)
      for (const credential of [`${unknownId}.${unknownSecret}`, `${id}.${unknownSecret}`]) {
        const stranger = new Visitor()
        expect(await stranger.get(url, '/read', presenting(credential))).toMatchObject({ ...nothingDone, text: '{}' })
        const { setCookie } = await stranger.get(url, '/write?name=eve', presenting(credential))
        expect(setCookie).toHaveLength(1)
        expect((await stranger.get(url, '/id')).json()).not.toBe(credential.split('.')[0])
        expect(stranger.cookies.get('shop_sid')).not.toContain(unknownSecret)
      }
      expect((await app.sessions.list()).items.find((item) => item.id === id)).toEqual(before)
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('60. a wrong secret is a stranger, whether the session is young or has just rotated', async ({ store }) => {
      const { url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      const id = (await visitor.get(url, '/id')).json()
      for (const path of ['/read', '/rotate']) {
        await visitor.get(url, path)
        const stranger = new Visitor()
        const wrong = presenting(`${id}.${unknownSecret}`)
        expect(await stranger.get(url, '/read', wrong)).toMatchObject({ ...nothingDone, status: 200, text: '{}' })
        expect(await stranger.get(url, '/write?name=eve', wrong)).toMatchObject({ status: 200 })
        expect((await stranger.get(url, '/id')).json()).not.toBe(id)
      }
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('29b. each of several secrets replaced within a minute is recognized, and none after it', async ({
      store,
    }) => {
      const { url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      const earlier: Visitor[] = []
      for (let n = 0; n < 3; n += 1) {
        earlier.push(visitor.clone())
        await visitor.get(url, '/rotate')
        store.skip(15_000)
      }
      const statuses = async () =>
        Promise.all(earlier.map(async (it) => (await it.clone().get(url, '/write?name=eve')).status))
      expect(await statuses()).toEqual([409, 409, 409])
      store.skip(20_000)
      expect(await statuses()).toEqual([200, 409, 409])
      store.skip(minute)
      expect(await statuses()).toEqual([200, 200, 200])
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('32. a cookie whose record has gone is neither renewed nor cleared', async ({ store }) => {
      const { url } = await store.node(shop(sessionPages), { session: { timeout: '10m' } })
      const visitor = await visitorWith(url, 'name=ada')
      store.skip(20 * minute)
      expect(await visitor.get(url, '/read')).toMatchObject({ ...nothingDone, text: '{}' })
    })

    test('33. of two cookies of one name the live one is used, whichever comes first', async ({ store }) => {
      const { url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      const [live, stale] = [visitor.cookies.get('shop_sid') ?? '', `${unknownId}.${unknownSecret}`]
      for (const values of [
        [live, stale],
        [stale, live],
        ['malformed', live],
      ])
        expect((await visitor.get(url, '/read', presenting(...values))).json()).toEqual({ name: 'ada' })
      const { setCookie } = await visitor.get(url, '/write?name=lovelace', presenting(stale, live))
      expect(setCookie).toEqual([])
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'lovelace' })
    })

    test('59. strangers in front of the real cookie do not hide it', async ({ store }) => {
      const { url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      const real = visitor.cookies.get('shop_sid')
      const strangers = Array.from(
        { length: 20 },
        (_, n) => `shop_sid=${String(n).padStart(22, 'x')}.${'y'.repeat(24)}`,
      )
      const cookie = [...strangers, `shop_sid=${real}`].join('; ')
      expect((await visitor.get(url, '/read', { headers: { cookie } })).json()).toEqual({ name: 'ada' })
    })

    test('33. a replaced cookie beside the live one does not keep it from writing', async ({ store }) => {
      const { url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      const replaced = visitor.cookies.get('shop_sid') ?? ''
      await visitor.get(url, '/rotate')
      const live = visitor.cookies.get('shop_sid') ?? ''
      expect(await visitor.get(url, '/write?name=byron', presenting(replaced, live))).toMatchObject(nothingDone)
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'byron' })
    })

    test('malformed, oversized and repeated cookies cost no store access', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const form = `${unknownId}.${unknownSecret}`
      const malformed = ['', '.', 'x', 'j:{"a":1}', `${form}.`, `${form}x`, ` ${form}=`, form.replace('.', '%2E')]
      malformed.push(unknownId, `${unknownId}.`, `.${unknownSecret}`, form.replace('i', '/'), 'a'.repeat(10_000))
      for (const value of malformed) {
        const answer = await new Visitor().get(node.url, '/read', presenting(value))
        expect(answer, value.slice(0, 60)).toMatchObject({ ...nothingDone, text: '{}' })
      }
      const sameNameOnly = { headers: { cookie: `not_shop_sid=${form}; shop_sid_old=${form}; SHOP_SID=${form}` } }
      await new Visitor().get(node.url, '/read', sameNameOnly)
      expect(node.traffic.operations).toEqual([])

      await new Visitor().get(node.url, '/read', presenting(...Array(50).fill(form)))
      expect(node.traffic.operations).toEqual(['load'])
    })

    test('59. each well-formed stranger costs one load', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const many = Array.from({ length: 50 }, (_, index) => `${unknownId}.${String(index).padStart(24, 's')}`)
      await new Visitor().get(node.url, '/read', presenting(...many))
      expect(node.traffic.operations).toEqual(many.map(() => 'load'))
    })

    test('a quoted cookie is read like a plain one', async ({ store }) => {
      const { url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      const quoted = `"${visitor.cookies.get('shop_sid')}"`
      expect((await visitor.get(url, '/read', presenting(quoted))).json()).toEqual({ name: 'ada' })
    })

    test('an id in the URL is never read', async ({ store }) => {
      const { url } = await store.node(shop({ ...sessionPages, '/token': ({ session }) => session.urltoken }))
      const visitor = await visitorWith(url, 'name=ada')
      const token = (await visitor.get(url, '/token')).json()
      expect(token).toMatch(/^CFID=[\w-]{22}&CFTOKEN=0$/)
      expect((await new Visitor().get(url, `/read?${token}&shop_sid=${visitor.cookies.get('shop_sid')}`)).text).toBe(
        '{}',
      )
    })
  })
})
