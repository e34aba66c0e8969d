import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { importPg } from '../../src/drivers/postgres/client.js'
import { NotSent, PgConnection } from '../../src/drivers/postgres/connection.js'
import { attributes, type TestSpace, textsOf } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { startPostgres } from '../support/postgres-server.js'
import { createPostgres, emptySpace, openPostgres } from './postgres-fixture.js'

/** What is acknowledged must survive its end. */
const server = await startPostgres({ synchronous_commit: 'on' })
afterAll(() => server.stop())
const { url, port } = server

const soon = { interval: 10, timeout: 20_000 }

/** Stops every process of the server, until the returned function is called or the test ends. */
async function stopServer(): Promise<() => void> {
  const processes = await server.sql<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'koa-scopes'",
  )
  const pids = [server.pid, ...processes.map(({ pid }) => pid)]
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of pids)
      try {
        process.kill(pid, signal)
      } catch {} // the process of a connection that has ended
  }
  onTestFinished(() => signalAll('SIGCONT'))
  signalAll('SIGSTOP')
  return () => signalAll('SIGCONT')
}

/** Saves one number after another into an attribute of its own, until a save fails for good. */
async function saveOn(space: TestSpace, id: string, isEnough: () => boolean) {
  const outcomes: { readonly number: number; readonly outcome: string }[] = []
  for (let number = 1; !isEnough(); number += 1) {
    const set = attributes({ [`${number}`]: 'saved' })
    const outcome = await space.update(id, { set }).then(
      ({ status }) => status,
      ({ code }) => String(code),
    )
    outcomes.push({ number, outcome })
    if (outcome === 'STORAGE_UNAVAILABLE') await new Promise(setImmediate)
  }
  return outcomes
}

/** Saves in four records while the server goes through `trouble`, and checks what is stored against the answers. */
async function goThrough(trouble: () => Promise<unknown>) {
  const space = await emptySpace({ url })
  const ids = ['a', 'b', 'c', 'd']
  for (const id of ids) await space.create(id)
  let isOver = false
  const saving = ids.map((id) => saveOn(space, id, () => isOver))
  await vi.waitFor(async () => expect((await space.stored('a')).attributes.size).toBeGreaterThan(10), soon)
  await trouble()
  await vi.waitFor(() => space.update('d', { set: attributes({ last: '1' }) }), soon)
  isOver = true
  const told = await Promise.all(saving)
  for (const [index, id] of ids.entries()) {
    const { attributes: kept } = await space.stored(id)
    for (const { number, outcome } of told[index] ?? []) {
      if (outcome === 'saved') expect(kept.has(`${number}`), `${id} ${number}`).toBe(true)
      else if (outcome === 'STORAGE_UNAVAILABLE') expect(kept.has(`${number}`), `${id} ${number}`).toBe(false)
      else expect(outcome).toBe('STORAGE_UNANSWERED')
    }
  }
  return told.flat().map(({ outcome }) => outcome)
}

describe('what a save answers is what is stored', () => {
  it('when the server crashes under load and starts again', async () => {
    const outcomes = await goThrough(async () => {
      await server.kill()
      await server.restart()
    })
    expect(outcomes).toContain('saved')
    expect(outcomes.some((outcome) => outcome !== 'saved')).toBe(true)
  })

  it('when an administrator ends the connections', async () => {
    const outcomes = await goThrough(() =>
      server.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'koa-scopes'"),
    )
    expect(outcomes).toContain('saved')
  })
})

describe('a server that accepts no writes from one moment on', () => {
  it('is left until it accepts them again', async () => {
    const space = await emptySpace({ url })
    await space.create('a', { version: 'v1' })
    await server.sql('alter system set default_transaction_read_only = on')
    const reload = () => server.sql('select pg_reload_conf()')
    await reload()
    onTestFinished(async () => {
      await server.sql('alter system reset default_transaction_read_only')
      await reload()
    })
    const saved = () => space.update('a', { set: attributes({ cart: '1' }) })
    await vi.waitFor(
      () =>
        expect(saved()).rejects.toMatchObject({
          code: 'STORAGE_UNAVAILABLE',
          message: expect.stringContaining('accepts no writes'),
        }),
      soon,
    )
    await server.sql('alter system reset default_transaction_read_only')
    await reload()
    await vi.waitFor(saved, soon)
    expect(textsOf(await space.stored('a'))).toEqual([['cart', '1']])
  })
})

describe('a server that was stopped', () => {
  it('does not keep a driver from closing, whatever still waits', async () => {
    const driver = await createPostgres({ url })
    await driver.open()
    const space = driver.space('shop:session', { endGraceMs: 1 })
    await space.watch?.({ onChange() {}, onGap() {} })
    const idle = await createPostgres({ url })
    await idle.open()
    await stopServer()
    const waiting = Promise.allSettled([space.count({ now: 0 }), space.list({ now: 0, limit: 1 })])
    await new Promise(setImmediate) // they have left
    await Promise.all([driver.close(), idle.close()])
    for (const result of await waiting) expect(result).toMatchObject({ reason: { code: 'STORAGE_UNANSWERED' } })
  })

  it('is not waited for at open longer than 5 s', { timeout: 30_000 }, async () => {
    await stopServer()
    await expect(openPostgres({ url })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining(`127.0.0.1:${port} did not answer for 5 s`),
    })
  })

  it('fails only those callers who give up while it is stopped, also if one of them was the first to use a space', async () => {
    const driver = await openPostgres({ url, prefix: 'patient:', connections: 1 })
    const space = driver.space('shop:session', { endGraceMs: 1 })
    const goOn = await stopServer()
    const signal = AbortSignal.timeout(700) // the driver has looked for connections that owe an answer
    const hasty = space.count({ now: 0, deadline: deadlineOf(signal, 50) }).catch((error) => error)
    const patient = space.count({ now: 0, deadline: deadlineOf(AbortSignal.timeout(20_000), 20_000) })
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    goOn()
    expect(await patient).toBe(0)
    expect(await hasty).toBe(signal.reason)
  })

  it('is left once a caller has given up, and used again when it answers', { timeout: 30_000 }, async () => {
    const space = await emptySpace({ url, connections: 1 })
    await space.create('a')
    const goOn = await stopServer()
    const signal = AbortSignal.timeout(50)
    const deadline = { leftMs: 50, signal, isPast: false }
    const silent = space.load('a', { deadline })
    await expect(silent).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    await expect(space.create('b')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    goOn()
    expect(await vi.waitFor(() => space.load('a'), soon)).toMatchObject({ status: 'loaded' })
  })
})

describe('a statement on a connection that is lost', () => {
  async function lostAfter(turns: number) {
    const settings = {
      host: '127.0.0.1',
      port,
      user: 'postgres',
      database: 'postgres',
      ssl: false,
      pipeline: true,
      timeoutMs: 5_000,
      keepAlive: true,
      application_name: 'lost',
    } as const
    const connection = new PgConnection(await importPg('shared'), settings, true, () => {})
    await connection.connect()
    const failed = connection.send({ text: 'select pg_sleep(60)' }, []).catch((error) => error)
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
    connection.destroy()
    return failed
  }

  it('is known not to have left in the turn in which it was to be sent', async () => {
    expect(await lostAfter(0)).toBeInstanceOf(NotSent)
    expect(await lostAfter(2)).not.toBeInstanceOf(NotSent)
  })
})
