import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { blocksOf, sidesOf, textOf } from '../support/documented-diff.js'
import { startRedis } from '../support/redis-server.js'
import { Visitor } from '../support/visitor.js'

const tsx = import.meta.resolve('tsx')

interface Program {
  readonly url: string
  stop(): Promise<void>
}

/** Runs a program of the examples until the test ends, or before. */
async function run(example: string, file: string, env: NodeJS.ProcessEnv): Promise<Program> {
  const port = await freePort()
  const cwd = fileURLToPath(new URL(`../../examples/${example}/`, import.meta.url))
  const child: ChildProcess = spawn(process.execPath, ['--import', tsx, file], {
    cwd,
    env: { ...process.env, ...env, PORT: `${port}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(stop)
  const url = `http://127.0.0.1:${port}`
  await vi.waitFor(() => fetch(url), { timeout: 20_000 })
  return { url, stop }
}

async function redisServer(): Promise<{ readonly url: string; readonly client: Redis }> {
  const server = await startRedis()
  const client = new Redis(server.url)
  onTestFinished(async () => {
    client.disconnect()
    await server.stop()
  })
  return { url: server.url, client }
}

const session = async (visitor: Visitor, { url }: Program, path = '/') => (await visitor.get(url, path)).json()

describe('docs/from-koa-session.md', () => {
  test('has a diff that makes one program of the other, to the letter', () => {
    const [diff = ''] = blocksOf('docs/from-koa-session.md', 'diff')
    expect(sidesOf(diff)).toEqual({
      before: textOf('examples/from-koa-session/before.js'),
      after: textOf('examples/from-koa-session/after.js'),
    })
    expect(blocksOf('docs/from-koa-session.md', 'yaml')).toContain(textOf('examples/from-koa-session/app.config.yaml'))
  })

  test('201. migrates the program, whose visitors are still logged in', async () => {
    const redis = await redisServer()
    const env = { REDIS_URL: redis.url, SESSION_KEY: 'of the old program' }
    const before = await run('from-koa-session', 'before.js', env)
    const [anna, stranger, leaver] = [new Visitor(), new Visitor(), new Visitor()]
    await session(anna, before, '/login?name=anna')
    await session(anna, before, '/add?item=tea')
    await session(stranger, before, '/add?item=milk')
    await session(leaver, before, '/login?name=leo')
    const leaverBefore = leaver.clone()
    await session(leaver, before, '/logout')
    await before.stop()

    const after = await run('from-koa-session', 'after.js', env)
    const stolen = anna.clone()
    expect(await session(anna, after)).toEqual({ user: 'anna', cart: ['tea'] })
    expect([...anna.cookies.keys()]).toEqual(['shop_sid'])
    expect(await session(anna, after, '/add?item=bread')).toEqual({ user: 'anna', cart: ['tea', 'bread'] })
    expect(await session(stranger, after)).toEqual({ user: null, cart: ['milk'] })
    expect(await session(leaverBefore, after)).toEqual({ user: null, cart: [] })
    expect(await session(stolen, after)).toEqual({ user: null, cart: [] })
    await session(anna, after, '/logout')
    expect(await session(anna, after)).toEqual({ user: null, cart: [] })
    const left = (await redis.client.keys('shop:*')).filter((key) => !key.startsWith('shop:session'))
    expect(left).toEqual(left.filter((key) => key.startsWith('shop:adopting:')))
  })
})

describe('docs/from-express-session.md', () => {
  test('shows both programs to the letter', () => {
    const blocks = blocksOf('docs/from-express-session.md', 'js')
    expect(blocks).toEqual([
      textOf('examples/from-express-session/before.js'),
      textOf('examples/from-express-session/after.js'),
    ])
    expect(blocksOf('docs/from-express-session.md', 'yaml')).toContain(
      textOf('examples/from-express-session/app.config.yaml'),
    )
  })

  test('202. migrates the program, whose visitors are still logged in', async () => {
    const redis = await redisServer()
    const env = { REDIS_URL: redis.url, SESSION_SECRET: 'of the old program' }
    const before = await run('from-express-session', 'before.js', env)
    const [anna, leaver] = [new Visitor(), new Visitor()]
    await session(anna, before, '/login?name=anna')
    await session(anna, before, '/add?item=tea')
    await session(leaver, before, '/login?name=leo')
    const leaverBefore = leaver.clone()
    await session(leaver, before, '/logout')
    await before.stop()

    const after = await run('from-express-session', 'after.js', env)
    const stolen = anna.clone()
    expect(await session(anna, after)).toEqual({ user: 'anna', cart: ['tea'] })
    expect([...anna.cookies.keys()]).toEqual(['shop_sid'])
    expect(await session(leaverBefore, after)).toEqual({ user: null, cart: [] })
    expect(await session(stolen, after)).toEqual({ user: null, cart: [] })
    await session(anna, after, '/logout')
    expect(await session(anna, after)).toEqual({ user: null, cart: [] })
  })
})
