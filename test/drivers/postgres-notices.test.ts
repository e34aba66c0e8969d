import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { channelOf } from '../../src/drivers/postgres/notices.js'
import type { Driver } from '../../src/storage/contract.js'
import { attributes, life, start } from '../../src/testing/suite/test-space.js'
import { startPostgres } from '../support/postgres-server.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { createPostgres, openPostgres } from './postgres-fixture.js'

const server = await startPostgres()
afterAll(() => server.stop())
const { url, port } = server

const name = 'shop:session'
const options = { endGraceMs: 1_000, notices: 'all' } as const
const soon = { interval: 5, timeout: 10_000 }

/** Listens to the space, whose notices and gaps are written down as they come. */
async function watching(driver: Driver) {
  const heard: string[] = []
  const listener = {
    onChange: ({ kind, id }: { kind: string; id: string }) => void heard.push(`${kind} ${id}`),
    onGap: () => void heard.push('gap'),
  }
  const stop = await driver.space(name, options).watch?.(listener)
  if (!stop) throw new TypeError('The space has no watch')
  return { heard, stop }
}

const create = (driver: Driver, id: string) =>
  driver.space(name, options).save({ mode: 'create', id, version: 'v1', seal: 'seal', life }, { now: start })
const save = (driver: Driver, id: string) =>
  driver
    .space(name, options)
    .save({ mode: 'update', id, version: 'v2', set: attributes({ cart: '1' }) }, { now: start })

/** Makes a record, of which nobody is told, and changes it. */
async function change(driver: Driver, id: string): Promise<void> {
  await create(driver, id)
  await save(driver, id)
}

/** The processes of the server that listen. */
const listeners = async () =>
  await server.sql<{ pid: number }>(
    "select pid from pg_stat_activity where query like 'listen %' or query like 'select pg_is_in_recovery() as is_replica'",
  )

const prefixed = () => ({ url, prefix: `${randomUUID()}:` })

describe('the notices of the driver postgres', () => {
  it('come over one connection for all spaces, which is closed with the last listener, and made anew', async () => {
    const driver = await openPostgres(prefixed())
    const before = (await listeners()).length
    const first = await watching(driver)
    const second = await driver.space('shop:client', options).watch?.({ onChange() {}, onGap() {} })
    expect(await listeners()).toHaveLength(before + 1)
    await first.stop()
    expect(await listeners()).toHaveLength(before + 1)
    await second?.()
    await vi.waitFor(async () => expect(await listeners()).toHaveLength(before), soon)
    const { heard } = await watching(driver)
    expect(await listeners()).toHaveLength(before + 1)
    expect(heard).toEqual([])
  })

  it('are told apart by prefix and by schema', async () => {
    const here = prefixed()
    const { heard } = await watching(await openPostgres(here))
    await change(await openPostgres({ ...here, schema: 'elsewhere' }), 'elsewhere')
    await change(await openPostgres(prefixed()), 'other prefix')
    await change(await openPostgres(here), 'there')
    await vi.waitFor(() => expect(heard).toEqual(['saved there']), soon)
  })

  it('are not mistaken for what other programs send', async () => {
    const here = prefixed()
    const driver = await openPostgres(here)
    const { heard } = await watching(driver)
    const channel = channelOf('scopes', here.prefix)
    for (const foreign of ['', 'text', '{}', 'x 1 other 61 v', 'x y saved 61 v', 'x  saved', 'x 1 saved zz'])
      await server.sql(`select pg_notify('${channel}', '${foreign}')`)
    await change(await openPostgres(here), 'a')
    await vi.waitFor(() => expect(heard.at(-1)).toBe('saved a'), soon)
    expect(heard.filter((text) => text !== 'saved ')).toEqual(['saved a'])
  })

  it('go on after an interruption, which is reported when nothing can be missed any more', async () => {
    const here = prefixed()
    const [driver, there] = [await openPostgres(here), await openPostgres(here)]
    const before = (await listeners()).map(({ pid }) => pid)
    const { heard } = await watching(driver)
    const own = (await listeners()).find(({ pid }) => !before.includes(pid))
    await server.sql(`select pg_terminate_backend(${own?.pid})`)
    await vi.waitFor(() => expect(heard).toEqual(['gap']), soon)
    await change(there, 'heard')
    await vi.waitFor(() => expect(heard).toEqual(['gap', 'saved heard']), soon)
  })

  it('go on when the server was down, and cannot be asked for meanwhile', async () => {
    const own = await startPostgres()
    onTestFinished(() => own.stop())
    const driver = await openPostgres({ url: own.url })
    const there = await openPostgres({ url: own.url })
    const { heard } = await watching(driver)
    await own.kill()
    await expect(watching(there)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await own.restart()
    await vi.waitFor(() => expect(heard).toEqual(['gap']), soon)
    await vi.waitFor(() => change(there, 'a'), soon)
    await vi.waitFor(() => expect(heard).toEqual(['gap', 'saved a']), soon)
    await (await watching(there)).stop()
  })

  it('are asked for anew when the connection is silent', async () => {
    const proxy = await TcpProxy.to(port)
    onTestFinished(() => proxy.close())
    const driver = await openPostgres({ port: proxy.port, database: 'postgres', prefix: `${randomUUID()}:` })
    await driver.prepare?.([name])
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { heard } = await watching(driver)
    proxy.blackhole()
    await vi.advanceTimersByTimeAsync(10_000)
    vi.useRealTimers()
    proxy.heal()
    await vi.waitFor(() => expect(heard).toEqual(['gap']), soon)
  })

  it('of a save reach the others although the connection breaks just then', async () => {
    const here = prefixed()
    const proxy = await TcpProxy.to(port)
    onTestFinished(() => proxy.close())
    const { heard } = await watching(await openPostgres(here))
    const there = await openPostgres({ prefix: here.prefix, port: proxy.port, database: 'postgres', connections: 1 })
    await change(there, 'a')
    await vi.waitFor(() => expect(heard).toEqual(['saved a']), soon)
    proxy.loseRequest('koa_scopes_notify')
    expect(await save(there, 'a')).toMatchObject({ status: 'saved' })
    await vi.waitFor(() => expect(heard).toEqual(['saved a', 'saved a']), soon)
  })

  it('of a save reach the others although the driver is closed just then', async () => {
    const here = prefixed()
    const { heard } = await watching(await openPostgres(here))
    const there = await createPostgres(here)
    await there.open()
    await change(there, 'a')
    await there.close()
    await vi.waitFor(() => expect(heard).toEqual(['saved a']), soon)
  })

  it('end with the driver, also while they are being asked for', async () => {
    const driver = await createPostgres(prefixed())
    await driver.open()
    await driver.prepare?.([name])
    const before = (await listeners()).length
    const asked = watching(driver)
    const closed = driver.close()
    await expect(asked).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await closed
    await vi.waitFor(async () => expect((await listeners()).length).toBeLessThanOrEqual(before), soon)
  })
})
