import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { quietContainer } from '../support/container.js'
import { redisNode } from '../support/lined-nodes.js'
import { LogLines } from '../support/log-lines.js'
import { redisCli, startRedis } from '../support/redis-server.js'
import { sessionPages } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const patience = { timeout: 15_000, interval: 50 }

/** A server with the password `first`, and redis-cli with the password that the server has then. */
async function guarded() {
  const server = await startRedis({ requirepass: 'first' })
  onTestFinished(() => server.stop())
  const cli = (password: string, ...command: readonly string[]) =>
    redisCli(server.port, '-a', password, '--no-auth-warning', ...command)
  const { port } = server
  const changed = async (from: string, to: string) => {
    await cli(from, 'config', 'set', 'requirepass', to)
    await cli(to, 'client', 'kill', 'type', 'normal')
    await cli(to, 'client', 'kill', 'type', 'pubsub')
  }
  return { port, changed, cli }
}

/** What ioredis prints by itself. */
function printed(): unknown[] {
  const lines: unknown[] = []
  for (const method of ['error', 'warn', 'log'] as const) {
    const spy = vi.spyOn(console, method).mockImplementation((...line) => void lines.push(line))
    onTestFinished(() => spy.mockRestore())
  }
  return lines
}

describe('98. the password of Redis is changed while a node is connected', () => {
  test.each([{ cluster: true }, { cluster: false, whenUnavailable: 'fail' as const }])(
    'requests that need it get 503 and Retry-After, until it is put back: %o',
    async (session) => {
      const console = printed()
      const { port, changed } = await guarded()
      const log = new LogLines()
      const redis = { port, password: 'first' }
      const options = { redis, pages: sessionPages, session, logger: log.logger }
      const [node, other] = [await redisNode(options), await redisNode({ ...options, logger: undefined })]
      onTestFinished(() => Promise.all([node.stop(), other.stop()]).then(() => {}))
      const visitor = await visitorWith(other.url, 'name=ada')
      await changed('first', 'second')
      // A node that has just lost its connection cannot know yet what a command met that had left.
      await vi.waitFor(async () => expect((await visitor.get(node.url, '/read')).status).toBe(503), patience)
      for (let n = 0; n < 20; n += 1) {
        const answer = await visitor.get(node.url, '/read')
        expect(answer).toMatchObject({ status: 503, text: 'Service Unavailable', setCookie: [] })
        expect(answer.headers.get('retry-after')).toBe('5')
        expect((await new Visitor().get(node.url, '/write?a=1')).status).toBe(503)
      }
      // A request that meets the closed connection before the refusal of the next one adds a line: the last one says what to do.
      const errors = () => log.shown.filter(({ level }) => level === 'error')
      await vi.waitFor(
        () => expect(errors().at(-1)?.fields.reason).toMatch(/WRONGPASS.*Correct the user, its password/),
        patience,
      )
      expect(errors().map(({ message }) => message)).toEqual(
        ['the cache is unavailable', 'the cache is still unavailable, for another reason'].slice(0, errors().length),
      )
      await changed('second', 'first')
      await vi.waitFor(
        async () => expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' }),
        patience,
      )
      await vi.waitFor(() => expect(log.shown.at(-1)?.message).toBe('the cache is available again'), patience)
      expect(new Set(node.errors)).toEqual(new Set(['STORAGE_UNAVAILABLE']))
      expect(console).toEqual([])
    },
  )

  test('the line says what to do when a right is taken away', async () => {
    const { port, cli } = await guarded()
    await cli('first', 'acl', 'setuser', 'shop', 'on', '>right', '~*', '&*', '+@all')
    const log = new LogLines()
    const redis = { port, username: 'shop', password: 'right' }
    const node = await redisNode({ redis, pages: sessionPages, logger: log.logger })
    onTestFinished(() => node.stop())
    const visitor = await visitorWith(node.url, 'name=ada')
    await cli('first', 'acl', 'setuser', 'shop', '-evalsha')
    for (let n = 0; n < 5; n += 1) expect((await visitor.get(node.url, '/read')).status).toBe(503)
    expect(log.shown).toMatchObject([
      {
        level: 'error',
        message: 'the cache is unavailable',
        fields: {
          reason: expect.stringMatching(/NOPERM.*Correct the user, its password, or the rights it has in Redis/),
        },
      },
    ])
    await cli('first', 'acl', 'setuser', 'shop', '+evalsha')
    await vi.waitFor(
      async () => expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' }),
      patience,
    )
  })
})

describe('62. a Redis that is stopped and started again', () => {
  test('is two lines in the log, for all that a node does meanwhile', async () => {
    const console = printed()
    const server = await startRedis()
    const log = new LogLines()
    const node = await redisNode({ redis: { port: server.port }, pages: sessionPages, logger: log.logger })
    onTestFinished(() => node.stop())
    const visitor = await visitorWith(node.url, 'name=ada')
    await server.stop()
    const statuses = new Map<number, number>()
    for (let n = 0; n < 1_000; n += 1) {
      const { status } = await visitor.get(node.url, '/read')
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect(statuses).toEqual(new Map([[503, 1_000]]))
    const again = await startRedis({ port: `${server.port}` })
    onTestFinished(() => again.stop())
    await vi.waitFor(async () => expect((await visitor.get(node.url, '/read')).status).toBe(200), patience)
    await vi.waitFor(() => expect(log.shown.length).toBe(2), patience)
    expect(log.shown).toMatchObject([
      { level: 'error', message: 'the cache is unavailable', fields: { cache: 'store' } },
      { level: 'info', message: 'the cache is available again', fields: { cache: 'store' } },
    ])
    expect(log.shown[1]?.fields.failures).toBeGreaterThanOrEqual(1_000)
    expect(console).toEqual([])
  })
})

describe('98. a wrong password at the start', () => {
  test('fails the start, with the remedy', async () => {
    const { port } = await guarded()
    const start = quietContainer({
      caches: { redis: { driver: 'redis', storage: true, port, password: 'wrong-one' } },
      applications: {},
    })
    const error = await start.catch((thrown) => thrown)
    expect(error).toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringMatching(/The cache redis cannot use its store.*WRONGPASS.*Correct the user, its password/),
    })
    expect(error.message).not.toContain('wrong-one')
  })
})
