import { afterAll, describe, expect, test as plainTest } from 'vitest'
import { Gate } from '../support/gate.js'
import { type LinedNodes, linedNodes, redisNode } from '../support/lined-nodes.js'
import { startRedis } from '../support/redis-server.js'
import { type Page, sessionPages } from '../support/shop.js'
import { type Answer, type Visitor, visitorWith } from '../support/visitor.js'

const redis = await startRedis()
afterAll(() => redis.stop())

/** Where a slow request waits between its load and its save. */
let slow = new Gate()

const pages = {
  ...sessionPages,
  '/slow': async (ctx) => {
    await slow.pass()
    Object.assign(ctx.session, ctx.query)
  },
} satisfies Record<string, Page>

const testWith = (session: { readonly cluster: boolean }) =>
  plainTest.extend<{ nodes: LinedNodes }>({
    // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern
    nodes: async ({}, use) => {
      const nodes = await linedNodes(redis.port, { pages, session })
      await use(nodes)
      await nodes.stop()
    },
  })

const stored = { name: 'ada', seen: '1' }

/** A visitor with a session, for whom the nodes have used every script. */
async function visitorOf({ lined, other }: LinedNodes): Promise<Visitor> {
  const visitor = await visitorWith(lined.url, 'name=ada')
  await visitor.get(other.url, '/write?seen=1')
  await visitor.get(lined.url, '/rotate')
  return visitor
}

const read = async (visitor: Visitor, { url }: { readonly url: string }) => (await visitor.get(url, '/read')).json()

/** The visitor's request on the node with the line; its save is carried out, the reply is cut off after `meanwhile`. */
async function cutOff(
  { proxy, lined }: LinedNodes,
  request: { readonly visitor: Visitor; readonly path: string; readonly save: string },
  meanwhile: () => Promise<unknown>,
): Promise<Answer> {
  const reply = proxy.catchReply(request.save)
  const answer = request.visitor.get(lined.url, request.path)
  await reply.reached
  await meanwhile()
  reply.cut(3)
  return answer
}

describe('46b. a save whose answer is cut off', () => {
  const test = testWith({ cluster: true })

  for (const letThrough of [0, 1, 7])
    test(`after ${letThrough} bytes: the request succeeds and its change is there`, async ({ nodes }) => {
      const visitor = await visitorOf(nodes)
      nodes.proxy.catchReply('parcel').cut(letThrough)
      expect((await visitor.get(nodes.lined.url, '/write?parcel=1')).status).toBe(200)
      expect(nodes.lined.errors).toEqual([])
      for (const node of [nodes.other, nodes.lined])
        expect(await read(visitor, node)).toEqual({ ...stored, parcel: '1' })
    })

  test('before Redis got it: the request succeeds and its change is there', async ({ nodes }) => {
    const visitor = await visitorOf(nodes)
    nodes.proxy.loseRequest('parcel')
    expect((await visitor.get(nodes.lined.url, '/write?parcel=1')).status).toBe(200)
    expect(await read(visitor, nodes.other)).toEqual({ ...stored, parcel: '1' })
  })

  const writes = { another: '/write?there=1', 'the same': '/write?parcel=2' }
  for (const [which, path] of Object.entries(writes))
    test(`while another node writes ${which} attribute: reported as uncertain, the other write stays`, async ({
      nodes,
    }) => {
      const visitor = await visitorOf(nodes)
      const request = { visitor, path: '/write?parcel=1', save: 'parcel' }
      const answer = await cutOff(nodes, request, () => visitor.get(nodes.other.url, path))
      expect(answer).toMatchObject({ status: 503, setCookie: [] })
      expect(nodes.lined.errors).toEqual(['SAVE_UNCERTAIN'])
      const expected = which === 'another' ? { ...stored, parcel: '1', there: '1' } : { ...stored, parcel: '2' }
      for (const node of [nodes.other, nodes.lined]) expect(await read(visitor, node)).toEqual(expected)
    })

  test('while another node removes the attribute: it stays removed', async ({ nodes }) => {
    const visitor = await visitorOf(nodes)
    const request = { visitor, path: '/write?parcel=1', save: 'parcel' }
    const answer = await cutOff(nodes, request, () => visitor.get(nodes.other.url, '/remove?parcel'))
    expect(answer.status).toBe(503)
    expect(await read(visitor, nodes.lined)).toEqual(stored)
  })

  test('while another node ends the session: it stays ended', async ({ nodes }) => {
    const visitor = await visitorOf(nodes)
    const request = { visitor, path: '/write?parcel=1', save: 'parcel' }
    const before = visitor.clone()
    await cutOff(nodes, request, () => visitor.clone().get(nodes.other.url, '/end'))
    for (const node of [nodes.other, nodes.lined]) expect(await read(before, node)).toEqual({})
  })

  for (const lose of [true, false])
    test(`creates one session all the same, ${lose ? 'lost' : 'answered'} before the cut`, async ({ nodes }) => {
      await visitorOf(nodes)
      if (lose) nodes.proxy.loseRequest('parcel')
      else nodes.proxy.catchReply('parcel').cut(3)
      const before = await nodes.other.app.sessions.count()
      const visitor = await visitorWith(nodes.lined.url, 'parcel=1')
      expect(visitor.cookies.size).toBe(1)
      expect(await read(visitor, nodes.other)).toEqual({ parcel: '1' })
      expect(await nodes.other.app.sessions.count()).toBe(before + 1)
    })

  for (const path of ['/rotate', '/login?as=ada'])
    test(`at ${path}: the new cookie works, the old one is dead`, async ({ nodes }) => {
      const visitor = await visitorOf(nodes)
      const before = visitor.clone()
      nodes.proxy.catchReply('"reseal"').cut(3)
      expect(await visitor.get(nodes.lined.url, path)).toMatchObject({ status: 200, setCookie: [expect.any(String)] })
      expect(await read(visitor, nodes.other)).toEqual(stored)
      expect(await read(before, nodes.other)).toEqual({})
    })

  test('at rotate, while a slow request of another node saves: uncertain, and that save stays', async ({ nodes }) => {
    slow = new Gate()
    const visitor = await visitorOf(nodes)
    const id = (await visitor.get(nodes.other.url, '/id')).json()
    const slowly = visitor.clone().get(nodes.other.url, '/slow?there=1')
    await slow.reached
    const rotation = { visitor, path: '/rotate', save: '"reseal"' }
    const answer = await cutOff(nodes, rotation, async () => {
      slow.open()
      expect((await slowly).status).toBe(200)
    })
    expect(answer).toMatchObject({ status: 503, setCookie: [] })
    expect(nodes.lined.errors).toEqual(['SAVE_UNCERTAIN'])
    expect(await nodes.other.app.sessions.open(id, (session) => ({ ...session }))).toEqual({ ...stored, there: '1' })
  })

  test('at invalidate: the session has ended, once and everywhere', async ({ nodes }) => {
    const visitor = await visitorOf(nodes)
    const before = visitor.clone()
    nodes.proxy.catchReply('"ending"').cut(3)
    expect((await visitor.get(nodes.lined.url, '/end')).status).toBe(200)
    expect(visitor.cookies.size).toBe(0)
    for (const node of [nodes.other, nodes.lined]) expect(await read(before, node)).toEqual({})
  })
})

describe('46b. a backup whose answer is cut off, cluster: false', () => {
  const test = testWith({ cluster: false })

  /** What the store has, seen by a node that holds nothing. */
  async function inStore(visitor: Visitor): Promise<unknown> {
    const node = await redisNode({ redis: { port: redis.port }, pages, session: { cluster: false } })
    const session = await read(visitor, node)
    await node.stop()
    return session
  }

  test('is brought to the store all the same', async ({ nodes }) => {
    const visitor = await visitorOf(nodes)
    nodes.proxy.catchReply('parcel').cut(3)
    expect((await visitor.get(nodes.lined.url, '/write?parcel=1')).status).toBe(200)
    expect(await inStore(visitor)).toEqual({ ...stored, parcel: '1' })
  })

  test('while another node backs up another attribute: both are in the store', async ({ nodes }) => {
    const visitor = await visitorOf(nodes)
    const request = { visitor, path: '/write?parcel=1', save: 'parcel' }
    const answer = await cutOff(nodes, request, () => visitor.get(nodes.other.url, '/write?there=1'))
    expect(answer.status).toBe(200)
    await expect.poll(() => inStore(visitor), { interval: 20 }).toEqual({ ...stored, parcel: '1', there: '1' })
  })

  test('at rotate: the new cookie works, the old one is dead', async ({ nodes }) => {
    const visitor = await visitorOf(nodes)
    nodes.proxy.catchReply('"reseal"').cut(3)
    expect((await visitor.get(nodes.lined.url, '/rotate')).status).toBe(200)
    expect(await inStore(visitor)).toEqual(stored)
  })
})
