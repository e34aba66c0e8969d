import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { attributes, start, textsOf } from '../../src/testing/suite/test-space.js'
import { startPostgres } from '../support/postgres-server.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { createPostgres, emptySpace, openPostgres } from './postgres-fixture.js'

const server = await startPostgres()
afterAll(() => server.stop())
const { url, port } = server
const database = 'postgres'

const soon = { interval: 10, timeout: 10_000 }

/** From now on the role must show its password. */
async function demandPassword(role: string): Promise<void> {
  const file = `${server.folder}/data/pg_hba.conf`
  await writeFile(file, `host all ${role} 127.0.0.1/32 scram-sha-256\n${await readFile(file, 'utf8')}`)
  await server.sql('select pg_reload_conf()')
  const rules = () => server.sql(`select from pg_hba_file_rules where '${role}' = any (user_name)`)
  await vi.waitFor(async () => expect(await rules()).toHaveLength(1), soon)
}

describe('a PostgreSQL that cannot be used', () => {
  it('is refused at open, with the cause', async () => {
    await expect(openPostgres({ port: 1 })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED 127.0.0.1:1'),
    })
  })

  it('is refused for a wrong password, which no message shows, and for none', async () => {
    await server.sql("create role guarded login superuser password 'right'")
    await demandPassword('guarded')
    const options = { port, database, username: 'guarded' }
    await vi.waitFor(() => expect(openPostgres(options)).rejects.toThrow(), soon) // the server has read the file
    const error = await openPostgres({ ...options, password: 'wrong-one' }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE', remedy: 'Correct the user and its password.' })
    expect([error.message, JSON.stringify(error.cause), error.cause.stack].join()).not.toContain('wrong-one')
    await expect(openPostgres(options)).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('the server asks for a password, and none is given'),
      remedy: 'Correct the user and its password.',
    })
    await openPostgres({ ...options, password: 'right' })
  })

  it('is refused for a role and for a database that it does not have', async () => {
    await expect(openPostgres({ port, database, username: 'nobody' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('role "nobody" does not exist'),
      remedy: 'Correct the user and its password.',
    })
    await expect(openPostgres({ port, database: 'nowhere' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: 'Create the database, or correct its name.',
    })
  })

  it('is refused for missing rights, with the tables and without them', async () => {
    await openPostgres({ url })
    await server.sql('create role weak login')
    for (const schema of ['scopes', 'scopes_of_weak'])
      await expect(openPostgres({ port, database, username: 'weak', schema })).rejects.toMatchObject({
        code: 'STORAGE_UNUSABLE',
        remedy: expect.stringContaining('Give the user the rights'),
      })
  })

  it('is refused while it is read-only, and used once it accepts writes', async () => {
    await server.sql('create role reader login superuser')
    await server.sql('alter role reader set default_transaction_read_only = on')
    const driver = await createPostgres({ port, database, username: 'reader' })
    await expect(driver.open()).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining(`127.0.0.1:${port} accepts no writes`),
    })
    await server.sql('alter role reader reset default_transaction_read_only')
    await driver.open()
    await driver.close()
  })

  it('is refused while it has no connection left, and used when it has', async () => {
    await server.sql('create role narrow login connection limit 1')
    await server.sql('grant create on database postgres to narrow')
    const options = { port, database, username: 'narrow', schema: 'narrow' }
    const first = await createPostgres(options)
    await first.open()
    await expect(openPostgres(options)).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('53300'),
    })
    await first.close()
    await vi.waitFor(() => openPostgres(options), soon)
  })

  it('that allows fewer connections than the driver would make is used with fewer', async () => {
    await server.sql('create role few login connection limit 2')
    await server.sql('grant create on database postgres to few')
    const space = await emptySpace({ port, database, username: 'few', schema: 'few', connections: 8 })
    const ids = Array.from({ length: 100 }, (_, number) => `${number}`)
    const results = await Promise.all(ids.map((id) => space.create(id)))
    expect(results.every(({ status }) => status === 'saved')).toBe(true)
    expect(await space.count()).toBe(100)
  })
})

describe('a connection that fails', () => {
  async function proxied() {
    const proxy = await TcpProxy.to(port)
    const space = await emptySpace({ port: proxy.port, database, connections: 1 })
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    return { proxy, space }
  }
  const change = { version: 'v2', set: attributes({ cart: '2' }) }

  it('for good rejects every call at once', async () => {
    const { proxy, space } = await proxied()
    await proxy.close()
    await vi.waitFor(() => expect(space.load('a')).rejects.toThrow('ECONNREFUSED'), soon)
    for (const call of [space.load('a'), space.create('b'), space.claim(), space.ids()])
      await expect(call).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  })

  it('is replaced by another one', async () => {
    const { proxy, space } = await proxied()
    onTestFinished(() => proxy.close())
    proxy.cut()
    expect(textsOf(await vi.waitFor(() => space.stored('a'), soon))).toEqual([['cart', '1']])
  })

  it('leaves open whether a save was applied whose answer is lost', async () => {
    const { proxy, space } = await proxied()
    onTestFinished(() => proxy.close())
    await space.update('a', { set: attributes({ cart: 'prepared' }) })
    proxy.catchReply('koa_scopes_save').cut()
    await expect(space.update('a', change)).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(await vi.waitFor(() => space.stored('a'), soon)).toMatchObject({ version: 'v2' })
  })

  it('leaves open whether a save was applied that is lost on its way', async () => {
    const { proxy, space } = await proxied()
    onTestFinished(() => proxy.close())
    proxy.loseRequest('koa_scopes_save')
    await expect(space.update('a', change)).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(await vi.waitFor(() => space.stored('a'), soon)).toMatchObject({ version: 'v1' })
  })

  it('because it is slow fails no call that is not in a hurry', async () => {
    const { proxy, space } = await proxied()
    onTestFinished(() => proxy.close())
    proxy.delay(30)
    const calls = Array.from({ length: 20 }, (_, number) => space.create(`slow ${number}`))
    expect((await Promise.all(calls)).every(({ status }) => status === 'saved')).toBe(true)
  })
})

describe('a save', () => {
  it('that fails in the middle changes nothing', async () => {
    const space = await emptySpace({ url, schema: 'refusing' })
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    const before = await space.stored('a')
    await server.sql("alter table refusing.attributes add constraint refuse check (name <> 'bad'::bytea)")
    const set = attributes({ cart: '2', bad: '3' })
    await expect(space.update('a', { set })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('23514'),
    })
    await expect(space.update('a', { set, unset: ['cart'] })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await expect(space.create('b', { set })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await space.stored('a')).toEqual(before)
    expect(await space.load('b')).toEqual({ status: 'missing' })
    await server.sql('alter table refusing.attributes drop constraint refuse')
    expect(await space.update('a', { set })).toMatchObject({ status: 'saved' })
  })

  it('larger than a statement may be is refused, and costs no connection', async () => {
    const space = await emptySpace({ url })
    await space.create('a', { version: 'v1' })
    const set = new Map([['giant', Buffer.alloc(1_000_000_000)]])
    const full = { code: 'STORAGE_FULL', message: expect.stringContaining('the most is 250,000,000 bytes') }
    const reads = [space.load('a'), space.load('a')]
    await expect(space.update('a', { set })).rejects.toMatchObject(full)
    await expect(space.create('b', { set })).rejects.toMatchObject(full)
    const cached = { now: start, ttlMs: null }
    await expect(
      space.driver.objects?.('pages').set('giant', Buffer.alloc(1_000_000_000), cached),
    ).rejects.toMatchObject(full)
    for (const read of reads) expect(await read).toMatchObject({ status: 'loaded', record: { version: 'v1' } })
  })

  it('waits for a row that another program holds, and is tried again if that takes too long', async () => {
    await server.sql('create role hasty login superuser')
    await server.sql("alter role hasty set lock_timeout = '1ms'")
    const space = await emptySpace({ port, database, username: 'hasty' })
    await space.create('held', { set: attributes({ cart: '1' }) })
    const held = "begin; select from scopes.records where id = 'held' for update; select pg_sleep(0.2); commit"
    const holding = server.sql(held)
    const holders = () => server.sql("select from pg_stat_activity where wait_event = 'PgSleep'")
    await vi.waitFor(async () => expect(await holders()).toHaveLength(1), { interval: 5 })
    expect(await space.update('held', { set: attributes({ cart: '2' }) })).toMatchObject({ status: 'saved' })
    expect(textsOf(await space.stored('held'))).toEqual([['cart', '2']])
    await holding
  })

  it('that is part of a deadlock is tried again', async () => {
    await server.sql('create role knotted login superuser')
    await server.sql("alter role knotted set deadlock_timeout = '300ms'")
    const space = await emptySpace({ port, database, username: 'knotted', schema: 'knotted' })
    await space.create('a', { set: attributes({ cart: '1' }) })
    // The save holds the head when it waits for the attribute; this program holds the attribute and asks for the head.
    const waiting = 'while not exists (select from pg_locks where not granted) loop perform pg_sleep(0.01); end loop;'
    const knot = server.sql(
      `begin; set local deadlock_timeout = '3s'; select from knotted.attributes for update; do $$ begin ${waiting} end $$; select from knotted.records for update; commit`,
    )
    const holders = () =>
      server.sql(
        "select from pg_stat_activity where query like '%from knotted.attributes for update%' and wait_event = 'PgSleep'",
      )
    await vi.waitFor(async () => expect(await holders()).toHaveLength(1), { interval: 5 })
    const saved = space.update('a', { set: attributes({ cart: '2' }) })
    await knot.catch((error) => expect(error).toMatchObject({ code: '40P01' })) // one of the two is the victim
    expect(await saved).toMatchObject({ status: 'saved' })
    expect(textsOf(await space.stored('a'))).toEqual([['cart', '2']])
  })
})
