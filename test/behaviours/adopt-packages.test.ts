import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import Koa from 'koa'
import { type CreateSessionOptions, createSession } from 'koa-session'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  type Adopt,
  fromExpressSession,
  fromKoaSession,
  marksInRedis,
  type Take,
  takeFromRedis,
} from '../../src/adopt/index.js'
import { quietContainer } from '../support/container.js'
import { anyRedis } from '../support/redis-server.js'
import { type Page, shop } from '../support/shop.js'
import { TravellingClock } from '../support/travelling-clock.js'
import { serve, serveContainer, Visitor } from '../support/visitor.js'

/** Their types are for Express, which the tests do not compile with. */
const { default: express } = await import('express' as string)
const { default: expressSession } = await import('express-session' as string)
const { RedisStore } = await import('connect-redis' as string)

const day = 86_400_000

let server: Awaited<ReturnType<typeof anyRedis>>
let ioredis: Redis
let nodeRedis: ReturnType<typeof createClient>
/** So that tests can share a server. */
const prefix = `test-${randomUUID()}:`

beforeAll(async () => {
  server = await anyRedis()
  ioredis = new Redis(server.url)
  nodeRedis = createClient({ url: server.url })
  await nodeRedis.connect()
})
afterAll(async () => {
  ioredis.disconnect()
  nodeRedis.destroy()
  await server.stop()
})

async function listening(listener: Parameters<typeof serve>[0]): Promise<string> {
  const { url, close } = await serve(listener)
  onTestFinished(close)
  return url
}

const store = {
  get: async (key: string) => JSON.parse((await ioredis.get(prefix + key)) ?? 'null'),
  set: async (key: string, session: object, maxAge: number | 'session') =>
    void (await ioredis.set(prefix + key, JSON.stringify(session), 'PX', maxAge === 'session' ? day : maxAge)),
  destroy: async (key: string) => void (await ioredis.del(prefix + key)),
}

/** A visitor of a program with koa-session, whose session holds a user. */
async function visitorOfKoa(options: CreateSessionOptions = {}, keys: readonly string[] = ['key']) {
  const app = new Koa()
  app.keys = [...keys]
  let keygrip: unknown
  app.use(createSession(options, app))
  app.use((ctx) => {
    keygrip = (ctx.cookies as unknown as { readonly keys: unknown }).keys
    Object.assign(ctx.session as object, { user: 'anna' })
    ctx.body = 'written'
  })
  const visitor = new Visitor()
  await visitor.get(await listening(app.callback()))
  return { visitor, keygrip: keygrip as { verify(data: string, signature: string): boolean } }
}

/** A visitor of a program with express-session. */
async function visitorOfExpress(options: object): Promise<Visitor> {
  const app = express()
  const redis = new RedisStore({ client: nodeRedis, prefix })
  app.use(expressSession({ store: redis, secret: 'secret', resave: false, saveUninitialized: false, ...options }))
  app.get('/', (req: { session: object }, res: { send(text: string): void }) => {
    Object.assign(req.session, { user: 'anna' })
    res.send('written')
  })
  const visitor = new Visitor()
  await visitor.get(await listening(app))
  return visitor
}

const pages = {
  '/': ({ scopes }) => scopes.session.principal,
} satisfies Record<string, Page>

/** The program that adopts: who its visitors are. */
async function heir(adopt: Adopt<Record<string, unknown>>, clock = new TravellingClock()) {
  const definition = shop(pages, {
    adopt: adopt as unknown as NonNullable<Parameters<typeof shop>[1]>['adopt'] & object,
  })
  const container = await quietContainer(
    { applications: { shop: { session: {} } } },
    { applications: { shop: definition }, clock },
  )
  const { url, close } = await serveContainer(container)
  onTestFinished(async () => {
    await close()
    await container.close()
  })
  return async (visitor: Visitor): Promise<string | null> => (await visitor.get(url)).json()
}

const map = ({ user }: { readonly user?: string }) => ({ principal: user })
const take = () => takeFromRedis(ioredis, { prefix })
const cookiesOf = ({ cookies }: Visitor) => [...cookies.keys()]

describe('209. koa-session', () => {
  test('209. with a store: the id is in a signed cookie', async () => {
    const userOf = await heir(fromKoaSession({ keys: ['key'], take: take(), map }))
    const { visitor } = await visitorOfKoa({ store })
    const [forger, copy] = [visitor.clone(), visitor.clone()]
    const id = forger.cookies.get('koa.sess') ?? ''
    for (const signature of ['', 'x', 'x'.repeat(27)]) {
      forger.cookies.set('koa.sess.sig', signature)
      expect(await userOf(forger)).toBeNull()
    }
    forger.cookies.delete('koa.sess.sig')
    expect(await userOf(forger)).toBeNull()
    expect(await store.get(id)).toMatchObject({ user: 'anna' })
    expect(await userOf(visitor)).toBe('anna')
    expect(cookiesOf(visitor)).toEqual(['shop_sid'])
    expect(await userOf(copy)).toBeNull()
  })

  test('209. without a store: the session is in its cookie, and is adopted once', async () => {
    const marks = marksInRedis(ioredis, { prefix })
    const clock = new TravellingClock()
    const userOf = await heir(fromKoaSession({ keys: ['key'], marks, map }), clock)
    const { visitor } = await visitorOfKoa({})
    const [forger, copy] = [visitor.clone(), visitor.clone()]
    const forged = Buffer.from(JSON.stringify({ user: 'admin', _expire: Date.now() + day })).toString('base64')
    forger.cookies.set('koa.sess', forged)
    expect(await userOf(forger)).toBeNull()
    expect(await userOf(visitor)).toBe('anna')
    expect(cookiesOf(visitor)).toEqual(['shop_sid'])
    expect(await userOf(copy)).toBeNull()
    expect(cookiesOf(copy)).toEqual(['koa.sess', 'koa.sess.sig'])
    await clock.advance(60_001)
    expect(await userOf(copy)).toBeNull()
  })

  test('209. with keys that were rotated, and with a Keygrip', async () => {
    const userOf = await heir(fromKoaSession({ keys: ['new', 'key'], take: take(), map }))
    expect(await userOf((await visitorOfKoa({ store }, ['other'])).visitor)).toBeNull()
    expect(await userOf((await visitorOfKoa({ store }, ['key'])).visitor)).toBe('anna')
    const { keygrip, visitor } = await visitorOfKoa({ store }, ['key'])
    expect(await (await heir(fromKoaSession({ keys: keygrip, take: take(), map })))(visitor)).toBe('anna')
  })

  test('209. that has expired is not adopted; one that ends with its browser is', async () => {
    const clock = new TravellingClock()
    const userOf = await heir(fromKoaSession({ keys: ['key'], take: take(), map }), clock)
    const { visitor } = await visitorOfKoa({ store, maxAge: day })
    const ofBrowser = await visitorOfKoa({ store, maxAge: 'session' })
    await clock.advance(day + 1)
    expect(await userOf(visitor)).toBeNull()
    expect(cookiesOf(visitor)).toEqual([])
    expect(await userOf(ofBrowser.visitor)).toBe('anna')
  })

  test('209. with a key of its own, unsigned, or with an external key', async () => {
    const unsigned = await heir(fromKoaSession({ key: 'sid', signed: false, take: take(), map }))
    expect(await unsigned((await visitorOfKoa({ key: 'sid', signed: false, store })).visitor)).toBe('anna')
    const get = (ctx: { readonly req: { readonly headers: Record<string, string | string[] | undefined> } }) =>
      String(ctx.req.headers.cookie).replace('external=', '')
    const set = (ctx: Koa.Context, key: string) => void ctx.cookies.set('external', key, { signed: false })
    const { visitor } = await visitorOfKoa({ store, externalKey: { get: get as never, set: set as never } })
    expect(await (await heir(fromKoaSession({ externalKey: { get }, take: take(), map })))(visitor)).toBe('anna')
  })
})

describe('210. express-session with connect-redis', () => {
  const takeOfExpress = () => takeFromRedis(nodeRedis, { prefix })

  test('210. is adopted once, by any of the secrets, and not with a forged signature', async () => {
    const userOf = await heir(fromExpressSession({ secret: ['new', 'secret'], take: takeOfExpress(), map }))
    const visitor = await visitorOfExpress({})
    const copy = visitor.clone()
    const value = copy.cookies.get('connect.sid') ?? ''
    for (const forged of [`${value.slice(0, -3)}AAA`, value.slice(0, value.indexOf('.')), 's%3A.x', '%', 's%3A'])
      expect(await userOf(withCookie('connect.sid', forged))).toBeNull()
    expect(await userOf(visitor)).toBe('anna')
    expect(cookiesOf(visitor)).toEqual(['shop_sid'])
    expect(await userOf(copy)).toBeNull()
    expect(await userOf(await visitorOfExpress({ secret: 'other' }))).toBeNull()
  })

  test('210. whose cookie says that it never expires is adopted, and map gets the life that it had', async () => {
    const lives: unknown[] = []
    const remembering = (old: { readonly user?: string }, life: unknown) => {
      lives.push(life)
      return map(old)
    }
    const userOf = await heir(fromExpressSession({ secret: 'secret', take: takeOfExpress(), map: remembering }))
    expect(await userOf(await visitorOfExpress({ cookie: { expires: false } }))).toBe('anna')
    expect(await userOf(await visitorOfExpress({ cookie: { maxAge: day } }))).toBe('anna')
    // express-session reckons it from the time at which the cookie expires, so some milliseconds may have passed.
    const aDay = expect.closeTo(day, -4)
    expect(lives).toEqual([{ maxAgeMs: null }, { maxAgeMs: aDay }])
  })

  test('210. that has expired is not adopted; one that ends with its browser, and one of another name, is', async () => {
    const clock = new TravellingClock()
    const userOf = await heir(fromExpressSession({ secret: 'secret', name: 'sid', take: takeOfExpress(), map }), clock)
    const visitor = await visitorOfExpress({ name: 'sid', cookie: { maxAge: day } })
    const ofBrowser = await visitorOfExpress({ name: 'sid' })
    await clock.advance(day + 1)
    expect(await userOf(visitor)).toBeNull()
    expect(await userOf(ofBrowser)).toBe('anna')
  })
})

function withCookie(name: string, value: string): Visitor {
  const visitor = new Visitor()
  visitor.cookies.set(name, value)
  return visitor
}

describe('takeFromRedis()', () => {
  const mark = `${prefix}adopting:a`

  const taken = async (takeOne: Take, id: string) => {
    const taking = await takeOne(id, 0)
    if (typeof taking === 'string') throw new Error(`${id} is ${taking}`)
    return taking
  }

  test('takes once, and lets the record be until it is removed or put back', async () => {
    for (const client of [ioredis, nodeRedis]) {
      const takeOne = takeFromRedis(client, { prefix })
      await ioredis.set(`${prefix}a`, '{"user":"anna"}', 'PX', day)
      const first = await taken(takeOne, 'a')
      expect(first.record).toEqual({ user: 'anna' })
      expect(await takeOne('a', 0)).toBe('adopted')
      expect(await takeOne('none', 0)).toBe('missing')
      await first.putBack?.()
      expect(await ioredis.pttl(`${prefix}a`)).toBeGreaterThan(day - 60_000)
      await (await taken(takeOne, 'a')).remove?.()
      expect(await ioredis.get(`${prefix}a`)).toBeNull()
      expect(await takeOne('a', 0)).toBe('adopted')
      expect(await ioredis.pttl(mark)).toBeGreaterThan(30_000)
      await ioredis.del(mark) // after a minute
      expect(await takeOne('a', 0)).toBe('missing')
    }
  })

  test('asks again with the same mark, as a client does that was cut off, and gets the same record', async () => {
    const sent: string[][] = []
    const twice = {
      async call(...command: [string, ...string[]]) {
        sent.push(command)
        if (sent.length === 1) await ioredis.call(...command)
        return ioredis.call(...command)
      },
    }
    await ioredis.set(`${prefix}a`, '{"user":"anna"}')
    expect(await takeFromRedis(twice, { prefix })('a', 0)).toMatchObject({ record: { user: 'anna' } })
    await ioredis.del(mark)
    const failing = {
      async call(...command: [string, ...string[]]) {
        const answer = await ioredis.call(...command)
        if (command[1]?.includes('record')) throw new Error('the answer was lost')
        return answer
      },
    }
    await expect(takeFromRedis(failing, { prefix })('a', 0)).rejects.toThrow('the answer was lost')
    await expect.poll(() => ioredis.exists(mark)).toBe(0)
    await ioredis.del(`${prefix}a`)
  })

  test('of a node that dies lets others take after half a minute, and what it still does harms nobody', async () => {
    const takeOne = take()
    await ioredis.set(`${prefix}a`, '{"user":"anna"}')
    const dying = await taken(takeOne, 'a')
    const leftMs = await ioredis.pttl(mark)
    expect(leftMs).toBeGreaterThan(20_000)
    expect(leftMs).toBeLessThanOrEqual(30_000)
    await ioredis.del(mark) // after that time
    await taken(takeOne, 'a')
    await dying.putBack?.()
    expect(await takeOne('a', 0)).toBe('adopted')
  })

  test('knows the keyPrefix of ioredis, and leaves a record that it cannot read', async () => {
    const client = new Redis(server.url, { keyPrefix: prefix })
    onTestFinished(() => client.disconnect())
    await ioredis.set(`${prefix}b`, 'not JSON')
    await expect(takeFromRedis(client)('b', 0)).rejects.toThrow('a record is not as parse expects it')
    expect(await ioredis.get(`${prefix}b`)).toBe('not JSON')
    expect(await ioredis.pttl(`${prefix}b`)).toBe(-1)
  })
})

describe('marksInRedis()', () => {
  test('marks once: for half a minute, and then for as long as the session was accepted', async () => {
    const marks = marksInRedis(ioredis, { prefix })
    const set = async (text: string, now = 0) => {
      const mark = await marks.set(text, now)
      if (typeof mark === 'string') throw new Error(`${text} is ${mark}`)
      return mark
    }
    const dying = await set('m')
    expect(await ioredis.pttl(`${prefix}m`)).toBeLessThanOrEqual(30_000)
    expect(await marks.set('m', 0)).toBe('adopted')
    await ioredis.del(`${prefix}m`) // after that time
    await (await set('m', 1_000)).keep(day)
    await dying.remove()
    expect(await ioredis.pttl(`${prefix}m`)).toBeGreaterThan(day - 60_000)
    expect(await marks.set('m', 61_000)).toBe('adopted')
    expect(await marks.set('m', 61_001)).toBe('missing')
    await (await set('forever')).keep(null)
    expect(await ioredis.pttl(`${prefix}forever`)).toBe(-1)
    await (await set('refused')).remove()
    await set('refused')
  })
})

describe('the options of the sources', () => {
  const marks = { set: async () => 'missing' }
  const some = async () => 'missing' as const

  test.each<[object, string]>([
    [{ take: some, map }, 'keys of fromKoaSession() is one text or several, none of them empty'],
    [{ keys: [''], take: some, map }, 'none of them empty'],
    [{ keys: [undefined], take: some, map }, 'none of them empty'],
    [{ keys: {}, take: some, map }, 'keys.verify is a function'],
    [{ keys: ['key'], map }, 'fromKoaSession() needs take, or marks if koa-session had no store'],
    [{ keys: ['key'], take: some, marks, map }, 'needs take, or marks'],
    [{ signed: false, marks, map }, 'only if these are signed'],
    [{ keys: ['key'], take: some }, 'map is a function'],
    [{ keys: ['key'], store: {}, map }, 'fromKoaSession() has no option "store"'],
    [{ keys: ['key'], take: some, map, deadline: 5 }, 'The duration 5 has no unit'],
    [{ keys: ['key'], take: some, map, deadline: '11s' }, 'The deadline of adopt is at most 10000 ms'],
    [{ keys: ['key'], take: some, map, cookie: { path: 'shop' } }, 'The path of a cookie begins with /'],
    [{ keys: ['key'], take: some, map, cookie: { domain: 'https://shop.test' } }, 'domain'],
    [{ keys: ['key'], key: 'a b', take: some, map }, 'name'],
  ])('of koa-session: %o is refused', (options, message) => {
    expect(() => fromKoaSession(options as never)).toThrow(message)
  })

  test.each<[object, string]>([
    [{ take: some, map }, 'The secret of fromExpressSession() is one text or several, none of them empty'],
    [{ secret: ['a', ''], take: some, map }, 'none of them empty'],
    [{ secret: 'a', map }, 'take is a function'],
  ])('of express-session: %o is refused', (options, message) => {
    expect(() => fromExpressSession(options as never)).toThrow(message)
  })
})
