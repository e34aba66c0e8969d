import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { describe, expect, test as plainTest } from 'vitest'
import type { ConfigInput } from '../../src/config/load.js'
import type { Encryption } from '../../src/storage/sealing/value-sealer.js'
import { quietContainer, withFolder } from '../support/container.js'
import { recordEnds } from '../support/ends.js'
import { heard } from '../support/heard.js'
import { describeStored } from '../support/matrix.js'
import { anyRedis } from '../support/redis-server.js'
import { newKey } from '../support/sealed-site.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import type { Node, NodeOptions, TestStore } from '../support/test-store.js'
import { serveContainer, Visitor, visitorWith } from '../support/visitor.js'

const [old, next, stranger] = [newKey(), newKey(), newKey()]

/** A node that seals with these keys. */
const sealing = (keys: readonly string[], plain?: Encryption['plain']) => ({
  cache: { encrypt: { keys, ...(plain && { plain }) } },
})

const pages = {
  ...sessionPages,
  '/card': ({ session }: PageContext) => session.card ?? 'absent',
  '/rich': ({ session }: PageContext) => {
    session.cart ??= new Map([['pen', { price: 5n, at: new Date(0) }]])
  },
  '/deepen': ({ session }: PageContext) => session.cart.set('ink', { price: 7n, at: new Date(1) }),
  '/cart': ({ session }: PageContext) => [...session.cart].map(([name, { price, at }]) => [name, `${price}`, at]),
  '/add': ({ scopes }: PageContext) => scopes.session.increment('count'),
  '/locked': ({ scopes, session }: PageContext) =>
    scopes.session.lock(() => {
      session.locked = (session.locked ?? 0) + 1
    }),
}
const application = shop(pages)

/** The attributes of a session as the store has them. */
async function inStore(store: TestStore, id: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const result = await store.records((space) => space.load(id, { now: store.clock.now() }))
  return result.status === 'loaded' ? result.record.attributes : new Map()
}

/** Writes into the store past every node. */
const plant = (store: TestStore, id: string, set: ReadonlyMap<string, Uint8Array>) =>
  store.records((space) => space.save({ mode: 'update', id, version: randomUUID(), set }, { now: store.clock.now() }))

const idOf = async (visitor: Visitor, { url }: Node): Promise<string> => (await visitor.get(url, '/id')).json()
const isSealed = (value: Uint8Array | undefined) => value?.[0] === 0xfe
const cardOf = async (visitor: Visitor, { url }: Node) => (await visitor.get(url, '/card')).json()

/** What a new node with these keys reads of a visitor's card. */
async function cardSeenBy(store: TestStore, visitor: Visitor, options: NodeOptions): Promise<unknown> {
  const node = await store.node(application, options)
  const card = await cardOf(visitor, node)
  await node.stop()
  return card
}

describeStored(({ cluster, test }) => {
  test('handlers see what they have written, on every node and after a restart, and the store none of it', async ({
    store,
  }) => {
    const [a, b] = await store.pair(application, sealing([next]))
    const visitor = await visitorWith(a.url, 'card=4711&name=ada')
    await visitor.get(a.url, '/rich')
    await visitor.get(a.url, '/deepen')
    const cart = [
      ['pen', '5', new Date(0).toJSON()],
      ['ink', '7', new Date(1).toJSON()],
    ]
    if (cluster) expect((await visitor.get(b.url, '/cart')).json()).toEqual(cart)
    const stored = await inStore(store, await idOf(visitor, a))
    expect([...stored.keys()].sort()).toEqual(['card', 'cart', 'name'])
    expect([...stored.values()].map(isSealed)).toEqual([true, true, true])
    await Promise.all([a.stop(), b.stop()])
    const restarted = await store.node(application, sealing([next]))
    expect((await visitor.get(restarted.url, '/cart')).json()).toEqual(cart)
    expect((await visitor.get(restarted.url, '/read')).json()).toMatchObject({ card: '4711', name: 'ada' })
  })

  test('a read writes nothing, neither does an equal value, nor one sealed by an old key', async ({ store }) => {
    const before = await store.node(application, sealing([old]))
    const visitor = await visitorWith(before.url, 'card=4711')
    await before.stop()
    const node = await store.node(application, sealing([next, old]))
    for (const path of ['/card', '/read', '/write?card=4711']) await visitor.get(node.url, path)
    expect(node.traffic.saves).toEqual([])
    await visitor.get(node.url, '/write?card=4712')
    expect(node.traffic.saves.map(({ set }) => [...(set?.values() ?? [])].map(isSealed))).toEqual([[true]])
  })

  test('keys change while nodes restart one after the other, and nobody loses anything', async ({ store }) => {
    let nodes = await store.pair(application, sealing([old]))
    const [idle, active] = [await visitorWith(nodes[0].url, 'card=1'), await visitorWith(nodes[1].url, 'card=1')]
    let writes = 1
    for (const keys of [
      [old, next],
      [next, old],
    ])
      for (const index of [0, 1] as const) {
        await nodes[index].stop()
        nodes = [...nodes]
        nodes[index] = await store.node(application, sealing(keys))
        for (const node of cluster ? nodes : [nodes[index]]) {
          expect(await cardOf(active, node)).toBe(`${writes}`)
          writes += 1
          await active.get(node.url, `/write?card=${writes}`)
          if (cluster) expect(await cardOf(idle, node)).toBe('1')
        }
      }
    await Promise.all(nodes.map((node) => node.stop()))
    expect(await cardSeenBy(store, active, sealing([next]))).toBe(`${writes}`)
    expect(await cardSeenBy(store, idle, sealing([next, old]))).toBe('1')
    expect(await cardSeenBy(store, idle, sealing([next])), 'it was not changed, so only the old key opens it').toBe(
      'absent',
    )
  })

  test('a value whose key is missing is no attribute, is kept by changes of others, and is back with the key', async ({
    store,
  }) => {
    const before = await store.node(application, sealing([old]))
    const visitor = await visitorWith(before.url, 'card=4711&name=ada')
    const id = await idOf(visitor, before)
    await before.stop()
    const sealed = (await inStore(store, id)).get('card')

    const node = await store.node(application, sealing([stranger]))
    const told = heard(node, 'scope:undecodable')
    expect(await cardOf(visitor, node)).toBe('absent')
    expect(told).toMatchObject([
      {
        name: 'card',
        error: {
          code: 'VALUE_UNDECODABLE',
          details: { reason: 'it is sealed with a key that is not configured' },
          remedy: 'Add that key to encrypt.keys of its cache, or assign a new value.',
        },
      },
    ])
    expect((await node.app.sessions.show(id))?.attributes).toMatchObject([
      { name: 'card', bytes: sealed?.byteLength, encoded: sealed, reason: expect.stringContaining('not configured') },
      { name: 'name' },
    ])
    await visitor.get(node.url, '/write?more=1')
    await visitor.get(node.url, '/write?name=grace')
    await visitor.get(node.url, '/rotate')
    expect((await node.container.health()).caches.store).toMatchObject({
      details: { sealingKeys: 1, unopened: expect.any(Number) },
      warnings: [expect.stringMatching(/^Values that were not opened since the start: \d+ sealed with a key/)],
    })
    await node.stop()
    expect((await inStore(store, id)).get('card')).toEqual(sealed)

    const both = await store.node(application, sealing([stranger, old]))
    expect((await visitor.get(both.url, '/read')).json()).toEqual({ card: '4711', name: 'grace', more: '1' })
    await both.stop()
    expect(await cardSeenBy(store, visitor, {})).toBe('absent')
  })

  test('onUndecodable: fail makes a request fail that reads a value whose key is missing, and no other', async ({
    store,
  }) => {
    const before = await store.node(application, sealing([old]))
    const visitor = await visitorWith(before.url, 'card=4711')
    await before.stop()
    const node = await store.node(application, { ...sealing([next]), session: { onUndecodable: 'fail' } })
    expect((await visitor.get(node.url, '/id')).status).toBe(200)
    expect((await visitor.get(node.url, '/card')).status).toBe(500)
    await visitor.get(node.url, '/write?card=4712')
    expect(await cardOf(visitor, node)).toBe('4712')
  })

  test('a value that was copied from another session, or planted, is not read', async ({ store }) => {
    const writer = await store.node(application, sealing([next]))
    const [victim, thief] = [await visitorWith(writer.url, 'card=4711'), await visitorWith(writer.url, 'card=0')]
    const [from, to] = [await idOf(victim, writer), await idOf(thief, writer)]
    await writer.stop()
    await plant(store, to, await inStore(store, from))
    const node = await store.node(application, sealing([next]))
    const told = heard(node, 'scope:undecodable')
    expect(await cardOf(thief, node)).toBe('absent')
    await node.stop()
    await plant(store, to, new Map([['card', Buffer.from('\0\x01"4711"')]]))
    const again = await store.node(application, sealing([next]))
    const toldAgain = heard(again, 'scope:undecodable')
    expect(await cardOf(thief, again)).toBe('absent')
    expect([...told, ...toldAgain]).toMatchObject([
      { error: { details: { reason: 'it is damaged, or was sealed for another place' } } },
      { error: { details: { reason: 'it is not sealed, and its cache reads sealed values only' } } },
    ])
    expect(await cardOf(victim, again)).toBe('4711')
  })

  test('sealing is switched on in three steps, and nobody loses anything', async ({ store }) => {
    const plain = await store.node(application)
    const [idle, active] = [await visitorWith(plain.url, 'card=1'), await visitorWith(plain.url, 'card=1')]
    const [idleId, activeId] = [await idOf(idle, plain), await idOf(active, plain)]
    const written = await store.node(application, sealing([next], 'write'))
    if (!cluster) await plain.stop()
    await active.get(written.url, '/write?card=2')
    if (cluster) expect(await cardOf(active, plain), 'a node without keys still reads it').toBe('2')
    await Promise.all([plain.stop(), written.stop()])
    expect([...(await inStore(store, activeId)).values()].map(isSealed)).toEqual([false])

    const node = await store.node(application, sealing([next], 'read'))
    expect([await cardOf(idle, node), await cardOf(active, node)]).toEqual(['1', '2'])
    expect(node.traffic.saves).toEqual([])
    await active.get(node.url, '/write?card=3')
    expect((await node.container.health()).caches.store).toMatchObject({
      details: { readPlain: expect.any(Number), unopened: 0 },
      warnings: [expect.stringContaining('plain: refuse')],
    })
    await node.stop()
    const sealed = await Promise.all([inStore(store, idleId), inStore(store, activeId)])
    expect(sealed.map((attributes) => [...attributes.values()].map(isSealed))).toEqual([[false], [true]])

    expect(await cardSeenBy(store, active, sealing([next]))).toBe('3')
    expect(await cardSeenBy(store, idle, sealing([next]))).toBe('absent')
    expect(await cardSeenBy(store, idle, sealing([next], 'read'))).toBe('1')
  })

  test('the handler of an end gets what the session held', async ({ store }) => {
    const before = await store.node(application, sealing([old]))
    await visitorWith(before.url, 'card=4711')
    await before.stop()
    const { ends, handlers } = recordEnds()
    await store.node(shop(pages, handlers), sealing([next, old]))
    store.skip(2 * 60 * 60_000)
    await store.sweep()
    expect(ends).toEqual([{ session: { card: '4711' }, reason: 'timeout', attempt: 1 }])
  })

  test('counters, locks and checked changes work as ever', async ({ store }) => {
    const node = await store.node(application, {
      ...sealing([next]),
      session: cluster ? { concurrency: 'optimistic' } : {},
    })
    const visitor = await visitorWith(node.url, 'card=4711')
    for (const path of ['/add', '/add', '/locked', '/locked'])
      expect((await visitor.get(node.url, path)).status).toBe(200)
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ card: '4711', count: 2, locked: 2 })
    expect([...(await inStore(store, await idOf(visitor, node))).values()].map(isSealed)).toEqual([true, true, true])
  })

  test('maxSize counts what the application stores, and not what sealing adds', async ({ store }) => {
    const outcomes = async (options: NodeOptions) => {
      const node = await store.node(application, { ...options, session: { maxSize: '4kb' } })
      const sizes = Array.from({ length: 60 }, (_, n) => 3_800 + n * 10)
      const statuses = sizes.map(
        async (size) => (await new Visitor().get(node.url, `/write?text=${'x'.repeat(size)}`)).status,
      )
      return Promise.all(statuses)
    }
    const plain = await outcomes({})
    expect(new Set(plain)).toEqual(new Set([200, 413]))
    expect(await outcomes(sealing([next]))).toEqual(plain)
  })
})

const secret = 'the number of the card is 4711'

/** A site that stores the secret in a session and an object, and stops. */
async function visited(cache: NonNullable<ConfigInput['caches']>[string]): Promise<void> {
  const container = await quietContainer(
    {
      caches: { store: { ...cache, storage: true } },
      applications: { shop: { session: { storage: 'store' } } },
    },
    { applications: { shop: shop(sessionPages) } },
  )
  const { url, close } = await serveContainer(container)
  await visitorWith(url, `nameOfCard=${encodeURIComponent(secret)}`)
  await container.cache('store').set('key-of-card', { secret })
  await close()
  await container.close()
}

/** The content of all strings and hashes of a Redis whose keys have this prefix. */
async function redisContent(url: string, prefix: string): Promise<Buffer> {
  const client = new Redis(url)
  try {
    const keys = await client.keys(`*${prefix}*`)
    const contents = keys.map(async (key) => {
      const kind = await client.type(key)
      if (kind === 'hash')
        return Object.entries(await client.hgetallBuffer(key)).flatMap(([name, value]) => [Buffer.from(name), value])
      return kind === 'string' ? [(await client.getBuffer(key)) ?? Buffer.alloc(0)] : []
    })
    return Buffer.concat((await Promise.all(contents)).flat())
  } finally {
    client.disconnect()
  }
}

describe('no value is readable', () => {
  const encrypt = { keys: [next] }

  plainTest('in the files of LMDB; names are', () =>
    withFolder(async (path) => {
      const content = (folder: string) => readFile(join(path, folder, 'data.mdb'))
      await visited({ driver: 'lmdb', path: join(path, 'sealed'), encrypt })
      await visited({ driver: 'lmdb', path: join(path, 'plain') })
      expect([(await content('plain')).includes(secret), (await content('sealed')).includes(secret)]).toEqual([
        true,
        false,
      ])
      expect((await content('sealed')).includes('nameOfCard')).toBe(true)
    }),
  )

  plainTest('in Redis; names are', async ({ onTestFinished }) => {
    const { url, stop } = await anyRedis()
    onTestFinished(stop)
    const [sealed, plain] = [`test-${randomUUID()}:`, `test-${randomUUID()}:`]
    await visited({ driver: 'redis', url, prefix: sealed, encrypt })
    await visited({ driver: 'redis', url, prefix: plain })
    const [inSealed, inPlain] = [await redisContent(url, sealed), await redisContent(url, plain)]
    expect([inPlain.includes(secret), inSealed.includes(secret)]).toEqual([true, false])
    expect(inSealed.includes('nameOfCard')).toBe(true)
  })
})

describe('an object cache', () => {
  plainTest('is sealed; an object whose key is missing is loaded again', () =>
    withFolder(async (path) => {
      const opened = (keys: readonly string[]) =>
        quietContainer({ caches: { store: { driver: 'lmdb', path, encrypt: { keys: [...keys] } } } })
      const before = await opened([old])
      await before.cache('store').set('page', { html: 'old' })
      await before.close()
      const both = await opened([next, old])
      expect(await both.cache('store').get('page')).toEqual({ html: 'old' })
      await both.close()
      const after = await opened([next])
      const cache = after.cache('store')
      expect(await cache.get('page')).toBeUndefined()
      expect(await cache.remember('page', '1h', () => ({ html: 'new' }))).toEqual({ html: 'new' })
      expect(await cache.get('page')).toEqual({ html: 'new' })
      expect((await after.health()).caches.store).toMatchObject({ details: { unopened: 2 } })
      await after.close()
    }),
  )
})
