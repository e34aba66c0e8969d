import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runCli } from '../../support/cli.js'
import { callCli } from '../../support/cli-in-turn.js'
import { startMariadb } from '../../support/mariadb-server.js'
import { operatedSite, writeSite } from '../../support/operated-site.js'
import { startPostgres } from '../../support/postgres-server.js'
import { redisCli, startRedis } from '../../support/redis-server.js'
import { serve } from '../../support/visitor.js'

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

interface Found {
  readonly code: number | null
  readonly stderr: string
  readonly status: string
  readonly problem?: string
  readonly lacks: readonly string[]
  readonly health: {
    readonly details: Readonly<Record<string, unknown>>
    readonly warnings: readonly string[]
    readonly clockOffsetMs?: number
  }
}

/** What `check --connect` says of the cache. The text for people has the same facts. */
async function found(folder: string): Promise<Found> {
  const { code, stderr, stdout } = await callCli(['check', '--connect', '--json'], { cwd: folder })
  const store = JSON.parse(stdout).stores.find(({ name }: { name: string }) => name === 'store')
  return { code, stderr, ...store }
}

const run = (folder: string, ...args: string[]) => callCli(args, { cwd: folder })

const unused = /^The cache store has nothing to show: .+ A node creates what is missing when it starts\./

/** Each store as a test needs it: its options, with what a wrong user has, and what shows whether anything was changed. */
interface Served {
  readonly options: Readonly<Record<string, unknown>>
  readonly wrong?: Readonly<Record<string, unknown>>
  /** All that is stored. */
  content(): Promise<unknown>
  stop?(): Promise<void>
}

const kinds: readonly (readonly [name: string, details: object, start: (folder: string) => Promise<Served>])[] = [
  [
    'redis',
    {
      user: 'default',
      deniedCommands: 'none',
      evictionPolicy: 'noeviction',
      appendOnly: false,
      version: expect.any(String),
    },
    async () => {
      const { port, stop, url } = await startRedis()
      const content = async () => (await redisCli(port, 'keys', '*')).trim().split('\n').sort()
      return { options: { driver: 'redis', url }, wrong: { username: 'shop', password: 'wrong' }, content, stop }
    },
  ],
  [
    'postgres',
    { schemaVersion: 2, schema: 'scopes', deniedRights: 'none', mayCreateSchema: true, version: expect.any(String) },
    async () => {
      const server = await startPostgres()
      const content = () =>
        server.sql(`select table_schema, table_name from information_schema.tables
                    where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`)
      const options = { driver: 'postgres', url: server.url }
      return { options, wrong: { url: withUser(server.url, 'nobody') }, content, stop: server.stop }
    },
  ],
  [
    'mariadb',
    { schemaVersion: 2, user: expect.stringMatching(/^root@/), rights: expect.stringContaining('SELECT') },
    async () => {
      const server = await startMariadb()
      const content = () =>
        server.sql("select table_name as name from information_schema.tables where table_schema = 'scopes' order by 1")
      const options = { driver: 'mariadb', url: server.url }
      return { options, wrong: { url: withUser(server.url, 'nobody') }, content, stop: server.stop }
    },
  ],
  [
    'sqlite',
    { schemaVersion: 2, path: expect.stringMatching(/scopes\.db$/), version: expect.any(String) },
    async (folder) => ({ options: { driver: 'sqlite', path: './data/scopes.db' }, content: () => filesIn(folder) }),
  ],
  [
    'lmdb',
    { path: expect.stringMatching(/data$/), durability: 'commit' },
    async (folder) => ({ options: { driver: 'lmdb', path: './data' }, content: () => filesIn(folder) }),
  ],
]

const filesIn = async (folder: string) => (await readdir(folder, { recursive: true })).sort()

function withUser(url: string, user: string): string {
  const other = new URL(url)
  other.username = user
  other.password = 'wrong'
  return other.href
}

describe.each(kinds)('koa-scopes check --connect on %s', (_, details, start) => {
  it('says what it found, and changes nothing before a node has started, beside one and after it', async () => {
    const folder = await freshFolder()
    const { content, options, stop, wrong } = await start(folder)
    let isStopped = false
    onTestFinished(async () => {
      if (!isStopped) await stop?.()
    })
    await writeSite(folder, options)
    const before = await content()

    const empty = await found(folder)
    expect(empty).toMatchObject({ code: 0, stderr: '' })
    expect([empty.problem, ...empty.lacks].filter(Boolean)).toEqual([expect.stringMatching(unused)])
    const list = await run(folder, 'sessions', 'list')
    expect(list).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(unused) })
    expect(await content()).toEqual(before)

    const site = await operatedSite(folder, options)
    const { id } = await site.visitor('name=Ada', 'ada')
    expect((await run(folder, 'sessions', 'count')).stdout).toBe('1\n')
    const beside = await content()
    const full = await found(folder)
    expect(full).toMatchObject({ code: 0, stderr: '', status: 'up', lacks: [], health: { details } })
    const text = await run(folder, 'check', '--connect')
    expect(text.code).toBe(0)
    expect(text.stdout).toMatch(/\nstores\n\nCACHE +DRIVER +STATUS +LATENCY +CLOCK\n/)
    for (const name of Object.keys(full.health.details)) expect(text.stdout).toContain(`\n  ${name} `)
    expect((await run(folder, 'caches')).stdout).toMatch(/\nstore +\w+ +up +[\d.]+ ms/)
    expect((await run(folder, 'sessions', 'show', id)).stdout).toContain('\n  name: "Ada"')
    expect(await content()).toEqual(beside)

    if (wrong) {
      await writeSite(folder, { ...options, ...wrong, ...('url' in wrong ? {} : { url: options.url }) })
      const refused = await run(folder, 'check', '--connect')
      expect(refused.code).toBe(1)
      expect(refused.stdout).toMatch(/store +\w+ +(unusable|down) /)
      expect((await run(folder, 'sessions', 'list')).stderr).toMatch(/^The cache store .+\n$/)
      await writeSite(folder, options)
    }

    const ending = await run(folder, 'sessions', 'end', id, '--yes')
    expect(ending).toMatchObject({ code: 0, stderr: '' })
    await vi.waitFor(() => expect(site.ended).toEqual([id]), 10_000)
    await site.close()
    if (!stop) return
    isStopped = true
    await stop()
    const down = await found(folder)
    expect(down).toMatchObject({
      code: 1,
      stderr: '',
      status: 'down',
      problem: expect.stringMatching(/is unavailable/),
    })
    const lost = await run(folder, 'sessions', 'list')
    expect(lost).toMatchObject({ code: 1, stdout: '' })
    expect(lost.stderr).toMatch(/^The cache store is unavailable \(open\): .+\n$/)
    expect((await run(folder, 'caches')).code).toBe(1)
  })
})

describe('koa-scopes check --connect', () => {
  it('names the commands that the user of a Redis may not run', async () => {
    const folder = await freshFolder()
    const { port, stop } = await startRedis({ 'maxmemory-policy': 'allkeys-lru' })
    onTestFinished(stop)
    await operatedSite(folder, { driver: 'redis', port })
    const rights = '~scopes:* ~{scopes:* &scopes:* +@all -hset -unlink'
    await redisCli(port, 'acl', 'setuser', 'shop', 'on', '>secret', ...rights.split(' '))
    await writeSite(folder, { driver: 'redis', port, username: 'shop', password: 'secret' })
    const { health } = await found(folder)
    expect(health.details).toMatchObject({
      user: 'shop',
      deniedCommands: 'hset, unlink',
      evictionPolicy: 'allkeys-lru',
    })
    expect(health.warnings).toEqual([
      expect.stringMatching(/^the user may not run hset, unlink,/),
      expect.stringMatching(/^appendonly is off/),
      expect.stringMatching(/^maxmemory-policy is allkeys-lru/),
    ])
    expect(health.clockOffsetMs).toEqual(expect.any(Number))
    await redisCli(port, 'acl', 'setuser', 'shop', '-acl')
    expect((await found(folder)).health.details).not.toHaveProperty('user')
  })

  it('names the rights that the user of a PostgreSQL lacks, and a prefix that no node has used', async () => {
    const folder = await freshFolder()
    const { sql, stop, url } = await startPostgres()
    onTestFinished(stop)
    const site = await operatedSite(folder, { driver: 'postgres', url })
    await sql('create role reader login')
    await sql('grant usage on schema scopes to reader')
    await sql('grant select on all tables in schema scopes to reader')
    const asReader = new URL(url)
    asReader.username = 'reader'
    await writeSite(folder, { driver: 'postgres', url: asReader.href })
    const { code, health } = await found(folder)
    expect({ code, user: health.details.user }).toEqual({ code: 0, user: 'reader' })
    expect(health.warnings).toContainEqual(expect.stringMatching(/^the user reader lacks .*UPDATE on records/))
    expect((await run(folder, 'sessions', 'count')).stdout).toBe('0\n')

    await writeSite(folder, { driver: 'postgres', url, prefix: 'other:' })
    expect((await found(folder)).lacks).toEqual([
      expect.stringMatching(/no node has used it for shop:session under the prefix other:/),
    ])
    expect(await sql('select prefix from scopes.spaces')).toEqual([{ prefix: 'scopes:' }])
    await site.close()
  })

  it('says under migrate: check that the tables are missing, as a start would', async () => {
    const folder = await freshFolder()
    await writeSite(folder, { driver: 'sqlite', path: './scopes.db', migrate: 'check' })
    const { code, problem, status } = await found(folder)
    expect({ code, status }).toEqual({ code: 1, status: 'unusable' })
    expect(problem).toContain('`migrate: check` forbids to create it')
  })

  it('leaves a file of another program as it is', async () => {
    const folder = await freshFolder()
    const { clientFor } = await import('../../../src/drivers/sqlite/client.js')
    const database = (await clientFor('store'))(join(folder, 'scopes.db'))
    database.exec('create table other (id integer)')
    database.close()
    await writeSite(folder, { driver: 'sqlite', path: './scopes.db' })
    const files = await filesIn(folder)
    expect(await found(folder)).toMatchObject({
      code: 1,
      status: 'unusable',
      problem: expect.stringContaining('tables of another program'),
    })
    expect(await filesIn(folder)).toEqual(files)
  })

  it('gives up on a server that accepts and never answers, within the deadline, and ends by itself', async () => {
    const folder = await freshFolder()
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as { readonly port: number }
    for (const driver of ['redis', 'postgres', 'mariadb']) {
      const database = driver === 'mariadb' ? { database: 'scopes' } : {}
      await writeSite(folder, { driver, host: '127.0.0.1', port, deadline: '1s', ...database })
      const begun = performance.now()
      const { code, stderr } = await runCli(['sessions', 'list'], { cwd: folder })
      expect({ driver, code }).toEqual({ driver, code: 1 })
      expect(stderr).toMatch(/^The cache store (did not answer open within 1000 ms|is unavailable)/)
      expect(performance.now() - begun).toBeLessThan(8_000)
    }
  })

  it('prints the problems of a configuration as JSON, and no secret', async () => {
    const folder = await freshFolder()
    await writeSite(folder, { driver: 'redis', password: 'hush', prot: 1 })
    const wrong = await run(folder, 'check', '--json')
    expect(wrong.code).toBe(1)
    expect(JSON.parse(wrong.stdout)).toMatchObject({ isValid: false, problems: [{ path: 'caches.store.prot' }] })
    await writeSite(folder, { driver: 'redis', password: 'hush' })
    const right = await run(folder, 'check', '--json')
    expect(right).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(right.stdout)).toMatchObject({ isValid: true, applications: [{ name: 'shop' }] })
    expect(right.stdout).not.toContain('hush')
  })

  it('shows one cache that is down beside those that are up', async () => {
    const folder = await freshFolder()
    const site = await operatedSite(folder, { driver: 'sqlite', path: './scopes.db' })
    const { close, url } = await serve((_request, response) => response.end())
    await close()
    const { writeFile } = await import('node:fs/promises')
    const caches = {
      store: { driver: 'sqlite', path: './scopes.db', storage: true },
      shared: { driver: 'redis', port: Number(new URL(url).port) },
    }
    await writeFile(site.file, JSON.stringify({ caches, applications: { shop: { session: { storage: 'store' } } } }))
    const { code, stdout } = await run(folder, 'caches', '--json')
    expect(code).toBe(1)
    const statuses = JSON.parse(stdout).caches.map(({ name, status }: Found & { name: string }) => [name, status])
    expect(Object.fromEntries(statuses)).toEqual({ memory: 'unseen', shared: 'down', store: 'up' })
    expect((await run(folder, 'sessions', 'count')).code).toBe(0)
  })
})
