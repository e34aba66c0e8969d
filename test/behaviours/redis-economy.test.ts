import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer } from '../support/container.js'
import { redisCli, startRedis } from '../support/redis-server.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import { serveContainer, Visitor, visitorWith } from '../support/visitor.js'

const server = await startRedis()
afterAll(() => server.stop())

const pages = {
  ...sessionPages,
  '/plain': () => 'hello',
  '/both': ({ client, session }) => {
    session.name = 'ada'
    client.name = 'ada'
  },
} satisfies Record<string, Page>

/** A node whose sessions and clients are in Redis, in many buckets; time stands still, so that nothing else is sent. */
async function node({ cluster = true, port = server.port } = {}) {
  const clock = new ManualClock()
  const scope = { storage: 'redis', cluster }
  const container = await quietContainer(
    {
      caches: { redis: { driver: 'redis', port, storage: true, prefix: `${crypto.randomUUID()}:`, buckets: 256 } },
      applications: { shop: { session: scope, client: scope } },
    },
    { applications: { shop: shop(pages) }, clock },
  )
  const { url, close } = await serveContainer(container)
  onTestFinished(async () => {
    await close()
    await container.close()
  })
  // Redis learns each script when it is first used.
  const first = await visitorWith(url, 'name=first')
  for (const path of ['/read', '/write?name=second']) await first.get(url, path)
  return { url, clock }
}

/** The commands that clients send while this runs, those of redis-cli itself left out. */
async function commandsSent(run: () => Promise<unknown>): Promise<number> {
  const count = async () => {
    const stats = await redisCli(server.port, 'info', 'commandstats')
    const calls = [...stats.matchAll(/^cmdstat_([\w|]+):calls=(\d+)/gm)]
    // What a script does is counted too, and is none of the client's.
    const sent = calls.filter(([, name]) => /^(evalsha|eval|ping|time|publish|subscribe|get|set)$/.test(name ?? ''))
    return new Map(sent.map(([, name, n]) => [name, Number(n)]))
  }
  const before = await count()
  await run()
  const after = await count()
  const isOfScripts = (name: string | undefined) => name === 'publish' || name === 'time'
  return [...after].reduce((sum, [name, n]) => sum + (isOfScripts(name) ? 0 : n - (before.get(name) ?? 0)), 0)
}

describe('the commands a request costs, cluster: true', () => {
  test('none for a visitor without a cookie who stores nothing', async () => {
    const { url } = await node()
    expect(await commandsSent(() => new Visitor().get(url, '/plain'))).toBe(0)
    expect(await commandsSent(() => new Visitor().get(url, '/read'))).toBe(0)
  })

  test('one to read, one more to write, and one for a first write', async () => {
    const { url } = await node()
    const visitor = new Visitor()
    expect(await commandsSent(() => visitor.get(url, '/write?name=ada'))).toBe(1)
    for (const path of ['/read', '/plain', '/write?name=ada'])
      expect(await commandsSent(() => visitor.get(url, path)), path).toBe(1)
    expect(await commandsSent(() => visitor.get(url, '/write?name=lovelace'))).toBe(2)
  })

  test('session and client are asked for in one write to the socket', async () => {
    const chunks: string[] = []
    const relay = createServer((client) => {
      const link = connect(server.port, '127.0.0.1')
      client.on('data', (chunk) => chunks.push(chunk.toString('latin1')))
      client.pipe(link).pipe(client)
      client.on('error', () => link.destroy())
      link.on('error', () => client.destroy())
    })
    relay.listen(0, '127.0.0.1')
    await once(relay, 'listening')
    const { url } = await node({ port: (relay.address() as AddressInfo).port })
    const visitor = new Visitor()
    await visitor.get(url, '/both')
    chunks.length = 0
    expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    const loads = chunks.filter((chunk) => chunk.includes('evalsha'))
    expect(loads).toHaveLength(1)
    expect(loads[0]?.match(/evalsha/g)).toHaveLength(2)
    relay.close()
  })
})

describe('the commands a request costs, cluster: false', () => {
  test('none to read, one to change, and a touch once a minute', async () => {
    const { url, clock } = await node({ cluster: false })
    const visitor = await visitorWith(url, 'name=ada')
    // Once it hears of other nodes' changes, a node asks for what it holds.
    await expect.poll(() => commandsSent(() => visitor.get(url, '/read'))).toBe(0)
    for (const path of ['/read', '/plain', '/write?name=ada'])
      expect(await commandsSent(() => visitor.get(url, path)), path).toBe(0)
    expect(await commandsSent(() => visitor.get(url, '/write?name=lovelace'))).toBe(1)
    clock.jump(60_000)
    expect(await commandsSent(() => visitor.get(url, '/read'))).toBe(1)
    expect(await commandsSent(() => visitor.get(url, '/read'))).toBe(0)
  })
})

test('an idle node sends at most 20 commands a second, whatever the number of buckets', async () => {
  const { clock } = await node()
  const seconds = 20
  const sent = await commandsSent(async () => {
    for (let n = 0; n < seconds; n += 1) {
      await clock.advance(1_000)
      await redisCli(server.port, 'ping')
    }
  })
  const own = seconds // redis-cli's
  expect(sent - own).toBeGreaterThan(0)
  expect(sent - own).toBeLessThan(20 * seconds)
})
