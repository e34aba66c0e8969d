import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import shop from '../../examples/two-nodes/application.js'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { quietContainer } from '../support/container.js'
import { startRedis } from '../support/redis-server.js'
import { type Answer, serveContainer, Visitor } from '../support/visitor.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const inJson = { headers: { accept: 'application/json' } }
const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) })

const read = async (visitor: Visitor, url: string) => (await visitor.get(url, '/', inJson)).json()
const change = async (visitor: Visitor, url: string, path: string, fields: Record<string, string> = {}) =>
  (await visitor.get(url, path, { ...form(fields), ...inJson })).json()

const soon = { interval: 20, timeout: 25_000 }

/** What the example has said so far, and how to end it. */
class Example {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly errors: Promise<string>
  said = ''

  /** `npm run example:two-nodes`, without npm. */
  constructor(env: NodeJS.ProcessEnv) {
    const args = ['--import', import.meta.resolve('tsx'), 'examples/two-nodes/main.ts']
    const options = { cwd: root, env: { ...process.env, REDIS_URL: '', PORT: '0', RESTART_AFTER_MS: '1000', ...env } }
    this.#child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    this.errors = text(this.#child.stderr)
    this.#child.stdout.on('data', (chunk) => {
      this.said += chunk
    })
  }

  /** What stands in the first parentheses of the pattern, once it has said that. */
  async says(pattern: RegExp): Promise<string> {
    const found = () => pattern.exec(this.said)?.[1] ?? Promise.reject(new Error(`It said:\n${this.said}`))
    return vi.waitFor(found, soon)
  }

  async pidOf(name: string): Promise<number> {
    return Number(await this.says(new RegExp(`^${name} +pid (\\d+)`, 'm')))
  }

  /** As Ctrl-C does; the exit code. */
  async interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT')
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    return this.#child.exitCode
  }
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function answered(answer: Answer, status: number): Answer {
  expect(answer.status).toBe(status)
  return answer
}

describe('the two-nodes example', () => {
  let folder: string
  let example: Example
  let url: string
  const visitor = new Visitor()

  beforeAll(async () => {
    await (await startRedis()).stop() // installs it where it can be installed
    folder = await mkdtemp(join(tmpdir(), 'koa-scopes-two-nodes-test-'))
    example = new Example({ TMPDIR: folder })
    url = await example.says(/^Open (\S+)$/m)
  })

  afterAll(async () => {
    await example.interrupt()
    await rm(folder, { recursive: true })
  })

  const cart = ['tea', 'milk', 'salt']

  it('keeps one cart for a visitor whose requests go to both nodes in turn', async () => {
    const answers = []
    for (const item of cart) answers.push(await change(visitor, url, '/cart/add', { item }))
    expect(new Set(answers.map(({ node }) => node.name))).toEqual(new Set(['a', 'b']))
    expect(answers.map(({ session }) => session.cart)).toEqual([cart.slice(0, 1), cart.slice(0, 2), cart])
    expect(new Set(answers.map(({ session }) => session.id)).size).toBe(1)
  })

  it('serves the cart from the other node when one is killed, and starts the killed one again', async () => {
    const killed = await example.pidOf('Node a')
    process.kill(killed, 'SIGKILL')
    for (let request = 0; request < 4; request += 1)
      expect(await read(visitor, url)).toMatchObject({ node: { name: 'b' }, session: { cart } })
    await example.says(/^Node a: (process \d+ is gone; started again in 1 s)$/m)
    const inTurnAgain = async () => {
      const state = await read(visitor, url)
      expect(state).toMatchObject({ node: { name: 'a' }, session: { cart } })
      return state
    }
    const { node } = await vi.waitFor(inTurnAgain, soon)
    expect(node.pid).not.toBe(killed)
  })

  it('answers 503 while Redis is away, and has the cart when it is back', async () => {
    process.kill(await example.pidOf('Redis'), 'SIGKILL')
    const away = await vi.waitFor(async () => answered(await visitor.get(url), 503), soon)
    expect(away.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(away.headers.get('refresh')).toBe('5; url=/')
    expect(away.text).toContain('We cannot reach your cart at present. It is not lost.')
    expect(away.setCookie).toEqual([])
    const { json } = await vi.waitFor(async () => answered(await visitor.get(url, '/', inJson), 200), soon)
    expect(json()).toMatchObject({ session: { cart } })
    await vi.waitFor(bothAnswer, soon)
  })

  it.skipIf(spawnSync('nginx', ['-v']).error)('works behind nginx as well (needs nginx on the PATH)', async () => {
    const nginx = await startNginx()
    onTestFinished(nginx.stop)
    const another = new Visitor()
    const answers = []
    for (const item of cart) answers.push(await change(another, nginx.url, '/cart/add', { item }))
    expect(new Set(answers.map(({ node }) => node.name))).toEqual(new Set(['a', 'b']))
    expect(answers.at(-1)).toMatchObject({ session: { cart } })
  })

  it('ends all processes and removes its folder at Ctrl-C', async () => {
    const pids = [...example.said.matchAll(/(?:pid|back as process) (\d+)/g)].map(([, pid]) => Number(pid))
    expect(pids).toHaveLength(5)
    expect(await example.interrupt()).toBe(0)
    expect(pids.filter(isAlive)).toEqual([])
    expect((await readdir(folder)).filter((name) => name.startsWith('koa-scopes'))).toEqual([])
    expect(await example.errors).toBe('')
  })

  /** Each node finds out by itself that Redis is back. */
  async function bothAnswer(): Promise<void> {
    for (let request = 0; request < 2; request += 1) answered(await visitor.get(url), 200)
  }

  /** With the nginx.conf of the example, but for the ports. */
  async function startNginx(): Promise<{ url: string; stop(): Promise<void> }> {
    const ports: Record<string, string> = {
      8081: await example.says(/^Node a .*:(\d+)$/m),
      8082: await example.says(/^Node b .*:(\d+)$/m),
      8090: `${await freePort()}`,
    }
    const conf = await readFile(join(root, 'examples/two-nodes/nginx.conf'), 'utf8')
    const own = await mkdtemp(join(tmpdir(), 'koa-scopes-nginx-'))
    const file = join(own, 'nginx.conf')
    await writeFile(
      file,
      conf.replaceAll(/\b(8081|8082|8090)\b/g, (port) => ports[port] ?? port),
    )
    const child = spawn('nginx', ['-e', 'stderr', '-p', own, '-c', file], { stdio: 'ignore' })
    const address = `http://127.0.0.1:${ports[8090]}`
    await vi.waitFor(() => fetch(address), soon)
    const stop = async () => {
      child.kill()
      await once(child, 'exit')
      await rm(own, { recursive: true })
    }
    return { url: address, stop }
  }
})

describe('the two-nodes example refuses to start', () => {
  it('without a Redis and a redis-server, and says what to do', async () => {
    const example = new Example({ PATH: '' })
    expect(await example.errors).toMatch(/^There is no redis-server on the PATH: .+ or set REDIS_URL/)
    expect(await example.interrupt()).toBe(1)
  })
})

describe('the application of the example', () => {
  let url: string

  beforeEach(async () => {
    const container = await quietContainer(
      { applications: { shop: { session: {}, client: {} } } },
      { applications: { shop } },
    )
    const server = await serveContainer(container)
    url = server.url
    onTestFinished(async () => {
      await server.close()
      await container.close()
    })
  })

  it('begins no session for a visitor who only looks', async () => {
    const visitor = new Visitor()
    expect(await read(visitor, url)).toMatchObject({ session: { id: null, created: null, cart: [] }, visits: 1 })
    expect(visitor.cookies.has('shop_sid')).toBe(false)
  })

  it('adds and removes items', async () => {
    const visitor = new Visitor()
    for (const item of ['tea', 'milk', 'tea']) await change(visitor, url, '/cart/add', { item })
    expect((await change(visitor, url, '/cart/remove', { item: 'tea' })).session.cart).toEqual(['milk', 'tea'])
    expect((await change(visitor, url, '/cart/remove', { item: 'salt' })).session.cart).toEqual(['milk', 'tea'])
  })

  it('logs out everywhere else, and only that user', async () => {
    const [here, there, other] = [new Visitor(), new Visitor(), new Visitor()]
    for (const visitor of [here, there]) await change(visitor, url, '/login', { name: 'Ada' })
    await change(other, url, '/login', { name: 'Grace' })
    expect((await read(here, url)).session).toMatchObject({ user: 'Ada', sessionsOfUser: 2 })
    expect((await change(here, url, '/logout-elsewhere')).session).toMatchObject({ user: 'Ada', sessionsOfUser: 1 })
    expect((await read(there, url)).session).toMatchObject({ user: null, id: null })
    expect((await read(other, url)).session).toMatchObject({ user: 'Grace' })
    expect((await change(here, url, '/logout')).session).toMatchObject({ user: null, id: null })
  })

  it('refuses a form without its field', async () => {
    expect((await new Visitor().get(url, '/cart/add', form({}))).status).toBe(400)
  })

  it('is a page for browsers, which escapes what visitors have written', async () => {
    const visitor = new Visitor()
    const hostile = `<script>alert("&'")</script>`
    const { headers, status } = await visitor.get(url, '/cart/add', form({ item: hostile }))
    expect([status, headers.get('location')]).toEqual([303, '/'])
    await visitor.get(url, '/login', form({ name: hostile }))
    const page = (await visitor.get(url, '/', { headers: { 'x-nodes-up': hostile } })).text
    expect(page).toContain(`process ${process.pid}`)
    expect(page).not.toContain('<script')
    expect(page.split('&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;')).toHaveLength(7)
  })
})
