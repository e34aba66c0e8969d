import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { attributes, life, start, textsOf } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { startMariadb } from '../support/mariadb-server.js'
import { suspend } from '../support/suspend.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { createMariadb, emptySpace, openMariadb } from './mariadb-fixture.js'

const server = await startMariadb()
afterAll(() => server.stop())
const { url, port } = server

describe('a MariaDB that cannot be used', () => {
  it('is refused at open, with the cause', async () => {
    await expect(openMariadb({ port: 1, database: 'scopes' })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED 127.0.0.1:1'),
    })
  })

  it('is refused for a wrong password, and nothing tells it', async () => {
    await server.sql("create or replace user guarded@'%' identified by 'right'", 'grant all on scopes.* to guarded')
    const options = { port, database: 'scopes', username: 'guarded' }
    const error = await openMariadb({ ...options, password: 'wrong-one' }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE', remedy: expect.stringContaining('password') })
    expect([error.message, JSON.stringify(error.cause), error.cause.stack].join()).not.toContain('wrong-one')
    await openMariadb({ ...options, password: 'right' })
  })

  it('is refused for a database it does not have', async () => {
    await expect(openMariadb({ port, database: 'nowhere' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: 'Create the database, or correct its name.',
    })
  })

  it('is refused for missing rights', async () => {
    await server.sql("create or replace user weak@'%'", 'grant select on scopes.* to weak')
    const options = { port, database: 'scopes', username: 'weak', tables: 'weak_' }
    await expect(openMariadb(options)).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: expect.stringContaining('Grant the user the rights'),
    })
  })

  it('is refused while it is read-only, and used once it accepts writes', async () => {
    await server.sql('set global read_only = 1')
    onTestFinished(() => void server.sql('set global read_only = 0'))
    const driver = await createMariadb({ url })
    await expect(driver.open()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await server.sql('set global read_only = 0')
    await driver.open()
    await driver.close()
  })
})

describe('a MariaDB that fails', () => {
  it('and goes away rejects every call at once; back again, it is used again', async () => {
    const proxy = await TcpProxy.to(port)
    const space = await emptySpace({ port: proxy.port, database: 'scopes' })
    await space.create('a')
    await proxy.close()
    await vi.waitFor(() => expect(space.load('a')).rejects.toThrow('ECONNREFUSED'), { interval: 10 })
    for (const call of [space.load('a'), space.create('b'), space.claim(), space.ids()])
      await expect(call).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  })

  it('and cuts its connections is used again over others', async () => {
    const proxy = await TcpProxy.to(port)
    const space = await emptySpace({ port: proxy.port, database: 'scopes' })
    await space.create('a', { set: attributes({ cart: '1' }) })
    proxy.cut()
    const stored = await vi.waitFor(() => space.stored('a'), { interval: 10, timeout: 5_000 })
    expect(textsOf(stored)).toEqual([['cart', '1']])
  })

  it('and accepts a connection without answering on it is used over another one', { timeout: 30_000 }, async () => {
    const proxy = await TcpProxy.to(port)
    onTestFinished(() => proxy.close())
    const space = await emptySpace({ port: proxy.port, database: 'scopes', connections: 1 })
    await space.create('a')
    const reply = proxy.catchReply('show session variables')
    proxy.cut()
    await reply.reached
    await vi.waitFor(() => space.load('a'), { interval: 50, timeout: 10_000 })
  })

  it('and becomes read-only is left until it accepts writes', async () => {
    const space = await emptySpace({ url })
    await space.create('a')
    await server.sql("create or replace user plain@'%'", 'grant all on scopes.* to plain')
    const plain = await emptySpace({ port, database: 'scopes', username: 'plain' })
    await plain.create('a')
    await server.sql('set global read_only = 1')
    onTestFinished(() => void server.sql('set global read_only = 0'))
    await expect(plain.update('a', { set: attributes({ cart: '1' }) })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    })
    await server.sql('set global read_only = 0')
    await vi.waitFor(() => plain.update('a', { set: attributes({ cart: '1' }) }), { interval: 10, timeout: 5_000 })
  })
})

describe('a save that fails', () => {
  async function proxied() {
    const proxy = await TcpProxy.to(port)
    const space = await emptySpace({ port: proxy.port, database: 'scopes' })
    onTestFinished(() => proxy.close())
    await space.create('a', { version: 'v1' })
    return { proxy, space }
  }
  const change = { version: 'v2', set: attributes({ cart: '2' }) }

  it('may have been applied when the answer to its commit is lost', async () => {
    const { proxy, space } = await proxied()
    proxy.catchReply('commit').cut()
    await expect(space.update('a', change)).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(await vi.waitFor(() => space.stored('a'), { interval: 10 })).toMatchObject({ version: 'v2' })
  })

  it('is not known to have failed when its commit was lost on its way', async () => {
    const { proxy, space } = await proxied()
    proxy.loseRequest('commit')
    await expect(space.update('a', change)).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(await vi.waitFor(() => space.stored('a'), { interval: 10 })).toMatchObject({ version: 'v1' })
  })

  it('of a value larger than max_allowed_packet changes nothing, and costs no connection', async () => {
    const space = await emptySpace({ url })
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    const before = await space.stored('a')
    const set = new Map([
      ['cart', Buffer.from('2')],
      ['giant', Buffer.alloc(17_000_000)],
    ])
    await expect(space.update('a', { set })).rejects.toMatchObject({
      code: 'STORAGE_FULL',
      message: expect.stringContaining('max_allowed_packet'),
    })
    expect(await space.stored('a')).toEqual(before)
  })

  it('because another program holds its row for longer than the server waits is tried again', async () => {
    const space = await emptySpace({ url })
    await space.create('held', { set: attributes({ cart: '1' }) })
    const held = "select * from scopes_records where id = 'held' for update"
    const holding = server.sql('start transaction', held, 'do sleep(1.5)', 'commit')
    const inTransaction = () => server.sql("select * from information_schema.processlist where info like 'do sleep%'")
    await vi.waitFor(async () => expect(await inTransaction()).toHaveLength(1), { interval: 5 })
    expect(await space.update('held', { set: attributes({ cart: '2' }) })).toMatchObject({ status: 'saved' })
    expect(textsOf(await space.stored('held'))).toEqual([['cart', '2']])
    await holding
  })

  it('in the middle changes nothing', async () => {
    const space = await emptySpace({ url })
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    const before = await space.stored('a')
    await server.sql(
      "create trigger refuse before insert on scopes_attributes for each row if new.name = 'bad' then signal sqlstate '45000'; end if",
    )
    onTestFinished(() => void server.sql('drop trigger if exists refuse'))
    const set = attributes({ cart: '2', bad: '3' })
    await expect(space.update('a', { set })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await space.stored('a')).toEqual(before)
    await expect(space.create('b', { set })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await space.load('b')).toEqual({ status: 'missing' })
    await server.sql('drop trigger refuse')
    expect(await space.update('a', { set })).toMatchObject({ status: 'saved' })
  })
})

describe('nothing is applied after its caller has given up', () => {
  it('when a server that was stopped goes on', async () => {
    const space = await emptySpace({ url })
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    const before = await space.stored('a')
    await suspend(server.pid)
    const signal = AbortSignal.timeout(60)
    const late = { now: start, deadline: deadlineOf(signal, 10) }
    const calls = [
      space.space.load('a', { ...late, touch: { touchedAt: start + 5_000, hits: 1 } }),
      space.space.save({ mode: 'update', id: 'a', version: 'v2', unset: ['cart'] }, late),
      space.space.save({ mode: 'update', id: 'a', version: 'v3', set: attributes({ cart: '2' }) }, late),
      space.space.save({ mode: 'create', id: 'b', version: 'v1', seal: 'seal', life }, late),
      space.space.claimExpired({ ...late, now: start + life.idleMs, limit: 1, leaseMs: 1000 }),
      space.space.lock?.('a', { ...late, token: 'late', leaseMs: 60_000 }),
    ]
    const settled = Promise.allSettled(calls)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    process.kill(server.pid, 'SIGCONT')
    for (const result of await settled) expect(result).toMatchObject({ reason: { name: 'TimeoutError' } })
    expect(await space.stored('a')).toEqual(before)
    expect(await space.load('b')).toEqual({ status: 'missing' })
    expect(await space.space.lock?.('a', { now: start, token: 'another', leaseMs: 1000 })).toBe('taken')
  })
})
