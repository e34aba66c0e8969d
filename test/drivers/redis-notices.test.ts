import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Driver } from '../../src/storage/contract.js'
import { life, start } from '../../src/testing/suite/test-space.js'
import { redisCli, startRedis, startRedisCluster } from '../support/redis-server.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { openRedis } from './redis-fixture.js'

const name = 'shop:session'
const options = { endGraceMs: 1_000, notices: 'all' } as const

async function server() {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  return server
}

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
const update = (driver: Driver, id: string) =>
  driver.space(name, options).save({ mode: 'update', id, version: 'v2' }, { now: start })

/** Makes a record, of which nobody is told, and changes it. */
async function change(driver: Driver, id: string): Promise<void> {
  await create(driver, id)
  await update(driver, id)
}

const clientsOf = async (port: number) => (await redisCli(port, 'client', 'list', 'type', 'pubsub')).split('\n')
const listenersOn = async (port: number) => (await clientsOf(port)).filter((line) => line !== '').length

describe('the notices of the driver redis', () => {
  it('come over one connection for all spaces, which is closed with the last listener', async () => {
    const { port } = await server()
    const driver = await openRedis({ port })
    expect(await listenersOn(port)).toBe(0)
    const first = await watching(driver)
    const second = await driver.space('shop:client', options).watch?.({ onChange() {}, onGap() {} })
    expect(await listenersOn(port)).toBe(1)
    await first.stop()
    expect(await redisCli(port, 'pubsub', 'channels')).toBe('scopes:shop:client@0')
    await second?.()
    await vi.waitFor(async () => expect(await listenersOn(port)).toBe(0), { interval: 10 })
  })

  it('cost no command of their own', async () => {
    const { port } = await server()
    const driver = await openRedis({ port })
    await change(driver, 'a')
    const calls = async () => (await redisCli(port, 'info', 'commandstats')).match(/cmdstat_evalsha:calls=(\d+)/)?.[1]
    const before = Number(await calls())
    await update(driver, 'a')
    expect(Number(await calls())).toBe(before + 1)
  })

  it('are told apart by database, though channels know none', async () => {
    const { port } = await server()
    const [here, there, elsewhere] = [
      await openRedis({ port }),
      await openRedis({ port }),
      await openRedis({ port, db: 1 }),
    ]
    const { heard } = await watching(here)
    await change(elsewhere, 'elsewhere')
    await change(there, 'there')
    await vi.waitFor(() => expect(heard).toEqual(['saved there']), { interval: 5 })
  })

  it('are not mistaken for what other programs publish', async () => {
    const { port } = await server()
    const [here, there] = [await openRedis({ port }), await openRedis({ port })]
    const { heard } = await watching(here)
    for (const foreign of ['', 'text', '{}', '[]', 'null', '["x","saved",1,"v"]', '["x","other","id","v"]'])
      await redisCli(port, 'publish', 'scopes:shop:session@0', foreign)
    await change(there, 'a')
    await vi.waitFor(() => expect(heard).toEqual(['saved a']), { interval: 5 })
  })

  it('go on after an interruption, which is told when nothing can be missed any more', async () => {
    const { port } = await server()
    const [here, there] = [await openRedis({ port }), await openRedis({ port })]
    const { heard } = await watching(here)
    await redisCli(port, 'client', 'kill', 'type', 'pubsub')
    await change(there, 'missed')
    await vi.waitFor(() => expect(heard).toEqual(['gap']), { interval: 5 })
    await change(there, 'heard')
    await vi.waitFor(() => expect(heard).toEqual(['gap', 'saved heard']), { interval: 5 })
  })

  it('go on when the server was away', async () => {
    const away = await startRedis()
    const { heard } = await watching(await openRedis({ port: away.port }))
    await away.stop()
    const back = await startRedis({ port: `${away.port}` })
    onTestFinished(() => back.stop())
    await vi.waitFor(() => expect(heard).toEqual(['gap']), { interval: 10, timeout: 5_000 })
    await change(await openRedis({ port: away.port }), 'a')
    await vi.waitFor(() => expect(heard).toEqual(['gap', 'saved a']), { interval: 5 })
  })

  it('cannot be asked for while the server is away, and can when it is back', async () => {
    const away = await startRedis()
    const driver = await openRedis({ port: away.port })
    await away.stop()
    await expect(watching(driver)).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    const back = await startRedis({ port: `${away.port}` })
    onTestFinished(() => back.stop())
    await vi.waitFor(async () => (await watching(driver)).stop(), { interval: 10, timeout: 5_000 })
  })

  it('are asked for anew when the connection says nothing any more', async () => {
    const { port } = await server()
    const proxy = await TcpProxy.to(port)
    onTestFinished(() => proxy.close())
    const driver = await openRedis({ port: proxy.port })
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { heard } = await watching(driver)
    proxy.blackhole()
    await vi.advanceTimersByTimeAsync(11_000)
    vi.useRealTimers()
    proxy.heal()
    await vi.waitFor(() => expect(heard).toEqual(['gap']), { interval: 10, timeout: 5_000 })
  })

  it('go on in a cluster when the node they came from goes away', async () => {
    const { nodes, stop } = await startRedisCluster()
    onTestFinished(stop)
    const here = await openRedis({ cluster: nodes })
    const there = await openRedis({ cluster: nodes })
    const { heard } = await watching(here)
    const ports = nodes.map((node) => Number(node.split(':')[1]))
    const counts = await Promise.all(ports.map(listenersOn))
    const heardFrom = ports[counts.indexOf(1)] ?? 0
    await redisCli(heardFrom, 'config', 'set', 'cluster-require-full-coverage', 'no')
    for (const port of ports) await redisCli(port, 'config', 'set', 'cluster-require-full-coverage', 'no')
    await redisCli(heardFrom, 'shutdown', 'nosave', 'now', 'force').catch(() => {}) // it ends without an answer
    await vi.waitFor(() => expect(heard).toEqual(['gap']), { interval: 10, timeout: 5_000 })
    await vi.waitFor(
      async () => {
        await change(there, `${Math.random()}`)
        expect(heard.length).toBeGreaterThan(1)
      },
      { interval: 10, timeout: 5_000 },
    )
  })
})
