import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { attributes, life, start } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { startPostgres } from '../support/postgres-server.js'
import { emptySpace } from './postgres-fixture.js'

const server = await startPostgres()
afterAll(() => server.stop())
const { url } = server

describe('nothing is applied after its caller has given up', () => {
  it('when another program held the row or the id until then', async () => {
    const space = await emptySpace({ url, schema: 'locked', connections: 8 })
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    const objects = space.driver.objects?.('pages')
    await objects?.set('key', Buffer.from('1'), { now: start, ttlMs: null })
    const before = await space.stored('a')
    // Rows that are only locked are not looked at again by the statements that waited for them.
    const holder = new pg.Client(url)
    await holder.connect()
    await holder.query('begin; select from locked.records for update; select from locked.objects for update')
    await holder.query(
      "insert into locked.records (space, id, version, created_at, touched_at, hits, seal) select space, 'b', 'v', 0, 0, 0, 's' from locked.records",
    )
    const signal = AbortSignal.timeout(200) // later than the deadline by more than the clocks can differ
    const late = { now: start, deadline: deadlineOf(signal, 60) }
    const calls = [
      space.space.load('a', { ...late, touch: { touchedAt: start + 5_000, hits: 1 } }),
      space.space.save({ mode: 'update', id: 'a', version: 'v2', unset: ['cart'] }, late),
      space.space.save({ mode: 'update', id: 'a', version: 'v3', set: attributes({ cart: '2' }) }, late),
      space.space.save({ mode: 'create', id: 'b', version: 'v1', seal: 'seal', life }, late),
      space.space.lock?.('a', { ...late, token: 'late', leaseMs: 60_000 }),
      objects?.set('key', Buffer.from('2'), { ...late, ttlMs: null }),
      objects?.delete('key', late),
    ]
    const settled = Promise.allSettled(calls)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    await holder.query('rollback')
    await holder.end()
    for (const result of await settled) expect(result).toMatchObject({ status: 'rejected' })
    expect(await space.stored('a')).toEqual(before)
    expect(await space.load('b')).toEqual({ status: 'missing' })
    expect(await space.space.lock?.('a', { now: start, token: 'another', leaseMs: 1000 })).toBe('taken')
    expect(await objects?.get('key', { now: start })).toEqual(Buffer.from('1'))
  })

  it('when a server that was stopped goes on', async () => {
    const space = await emptySpace({ url })
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    const before = await space.stored('a')
    await space.create('c')
    await space.update('c', { ending: 'logout' })
    const claims = await space.claim({ id: 'c', leaseMs: 10 })
    await space.create('d')
    await space.space.lock?.('d', { now: start, token: 'holder', leaseMs: 1_000 })
    await space.driver.objects?.('pages').set('key', Buffer.from('1'), { now: start, ttlMs: null })
    const processes = await server.sql<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'koa-scopes'",
    )
    const stopped = [server.pid, ...processes.map(({ pid }) => pid)]
    const signalAll = (signal: NodeJS.Signals) => {
      for (const pid of stopped) process.kill(pid, signal)
    }
    signalAll('SIGSTOP')
    const signal = AbortSignal.timeout(60)
    const late = { now: start, deadline: deadlineOf(signal, 10) }
    const objects = space.driver.objects?.('pages')
    const calls = [
      space.space.load('a', { ...late, touch: { touchedAt: start + 5_000, hits: 1 } }),
      space.space.save({ mode: 'update', id: 'a', version: 'v2', unset: ['cart'] }, late),
      space.space.save({ mode: 'update', id: 'a', version: 'v3', set: attributes({ cart: '2' }) }, late),
      space.space.save({ mode: 'create', id: 'b', version: 'v1', seal: 'seal', life }, late),
      space.space.claimExpired({ ...late, now: start + life.idleMs, limit: 1, leaseMs: 1000 }),
      space.space.lock?.('a', { ...late, token: 'late', leaseMs: 60_000 }),
      objects?.set('key', Buffer.from('2'), { ...late, ttlMs: null }),
      objects?.delete('key', late),
      objects?.clear(late),
      space.space.renew(claims, { ...late, leaseMs: 60_000 }),
      space.space.settle(claims, late),
      space.space.unlock?.('d', { ...late, token: 'holder' }),
    ]
    const settled = Promise.allSettled(calls)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    signalAll('SIGCONT')
    for (const result of await settled) expect(result).toMatchObject({ status: 'rejected' })
    expect(await space.stored('a')).toEqual(before)
    expect(await space.load('b')).toEqual({ status: 'missing' })
    expect(await space.space.lock?.('a', { now: start, token: 'another', leaseMs: 1000 })).toBe('taken')
    expect(await objects?.get('key', { now: start })).toEqual(Buffer.from('1'))
    expect(await space.space.unlock?.('d', { now: start, token: 'holder' })).toBe(true)
    expect(await space.settle(claims)).toEqual(['c'])
  })
})
