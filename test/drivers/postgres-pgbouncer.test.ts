import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as vitest from 'vitest'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { postgres } from '../../src/drivers/postgres/index.js'
import { driverSuite } from '../../src/testing/index.js'
import { attributes, life } from '../../src/testing/suite/test-space.js'
import { installedProgram } from '../support/installed-program.js'
import { startPostgres } from '../support/postgres-server.js'
import { emptySpace, openPostgres } from './postgres-fixture.js'

const { afterAll, describe, expect, it, vi } = vitest

const program = {
  names: ['pgbouncer'],
  package: 'pgbouncer',
  remedy: 'These tests need pgbouncer: install the package pgbouncer.',
}
const server = await startPostgres()
const pooler = await startPgbouncer()
afterAll(() => server.stop())

/** In transaction mode, with fewer connections to the server than the tests make to it. */
async function startPgbouncer() {
  const port = await freePort()
  const file = join(server.folder, 'pgbouncer.ini')
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: 'transaction',
    default_pool_size: 2,
    max_client_conn: 100,
    server_login_retry: 0.1,
    ignore_startup_parameters: 'extra_float_digits',
    admin_users: 'postgres',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const target = `postgres = host=127.0.0.1 port=${server.port} dbname=postgres user=postgres`
  await writeFile(file, `[databases]\n${target}\n[pgbouncer]\n${lines.join('\n')}\n`, { mode: 0o644 })
  const { uid, gid } = await stat(server.folder)
  const child = spawn(await installedProgram(program), ['-q', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(process.getuid?.() === 0 && { uid, gid }), // it refuses to run as root
  })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  afterAll(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(log)
      await (await openProbe(url)).close()
    },
    { interval: 20, timeout: 20_000 },
  )
  return { url, child }
}

async function openProbe(url: string) {
  const options = postgres.options.parse({ url, pooler: 'transaction', schema: 'probe' })
  const driver = await postgres.create(options, { cache: 'probe', directory: '/', onEvicted() {} })
  await driver.open()
  return driver
}

const through = { url: pooler.url, pooler: 'transaction' }

driverSuite(vitest, {
  definition: postgres,
  options: { ...through, listen: server.url, prefix: `suite-${randomUUID()}:` },
})

describe('the driver postgres behind pgbouncer', () => {
  it('has no notices without a server to listen to', async () => {
    const space = await emptySpace(through)
    expect(space.driver.capabilities.notices).toBe('none')
    expect(space.space.watch).toBe(undefined)
    await space.create('a', { set: attributes({ cart: '1' }) })
    const lease = { now: space.now, token: 'holder', leaseMs: 1_000 }
    expect(await space.space.lock?.('a', lease)).toBe('taken')
    expect(await space.space.unlock?.('a', lease)).toBe(true)
    space.pass(life.idleMs)
    expect(await space.claim()).toHaveLength(1)
  })

  it('shares the connections of the server, on which it leaves nothing behind', async () => {
    const drivers = await Promise.all(Array.from({ length: 4 }, () => openPostgres({ ...through, prefix: 'shared:' })))
    const ids = Array.from({ length: 50 }, (_, number) => `${number}`)
    const space = await emptySpace({ ...through, prefix: 'shared:' })
    const spaces = drivers.map((driver) => space.through(driver))
    await Promise.all(spaces.flatMap((each, node) => ids.map((id) => each.create(`${node} ${id}`))))
    expect(await space.count()).toBe(200)
    const touch = { touchedAt: space.now, hits: 1 }
    await Promise.all(spaces.flatMap((each, node) => ids.map((id) => each.load(`${node} ${id}`, { touch }))))
    const settings =
      'select current_setting($$plan_cache_mode$$) as plans, current_setting($$synchronous_commit$$) as commits'
    const { default: pg } = await import('pg')
    const client = new pg.Client(pooler.url)
    await client.connect()
    expect((await client.query(settings)).rows).toEqual([{ plans: 'auto', commits: 'off' }])
    expect((await client.query('select name from pg_prepared_statements')).rows).toEqual([])
    await client.end()
  })

  it('leaves open whether a change was applied when the pooler has lost the server', async () => {
    const space = await emptySpace(through)
    await space.create('a', { version: 'v1' })
    await server.sql(
      "alter table scopes.records add constraint slow check (version <> 'slow' or pg_sleep(60) is not null)",
    )
    const saved = space.update('a', { version: 'slow', set: attributes({ cart: '1' }) })
    const asleep = () => server.sql<{ pid: number }>("select pid from pg_stat_activity where wait_event = 'PgSleep'")
    const [{ pid } = { pid: 0 }] = await vi.waitFor(async () => {
      const found = await asleep()
      expect(found).toHaveLength(1)
      return found
    })
    process.kill(pid, 'SIGKILL') // the server ends all its processes then, and starts again
    await expect(saved).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED', message: expect.stringContaining('08P01') })
    const again = { interval: 20, timeout: 20_000 }
    await vi.waitFor(() => server.sql('alter table scopes.records drop constraint if exists slow'), again)
    expect(await vi.waitFor(() => openPostgres(through), again)).toBeDefined()
  })
})
