import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { start } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { startMariadb } from '../support/mariadb-server.js'
import { suspend } from '../support/suspend.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { emptySpace } from './mariadb-fixture.js'

async function serverFor(settings: Readonly<Record<string, string>> = {}) {
  const server = await startMariadb(settings)
  let isStopped = false
  const stop = async () => {
    if (isStopped) return
    isStopped = true
    await server.stop()
  }
  onTestFinished(stop)
  return { ...server, stop }
}

describe('several servers', () => {
  it('of which the one that accepts writes is used, and after it has gone the next', async () => {
    const [replica, primary] = [await serverFor({ 'read-only': 'ON' }), await serverFor()]
    const hosts = [replica, primary].map(({ port }) => `127.0.0.1:${port}`)
    const space = await emptySpace({ hosts, database: 'scopes', prefix: 'failover:' })
    await space.create('a')
    expect(await primary.sql('select id from scopes_records')).toHaveLength(1)
    // The tables and the space, as a replica has them.
    await replica.sql('set global read_only = 0')
    await emptySpace({ url: replica.url, prefix: 'failover:' }).then((copy) => copy.create('copied'))
    await primary.stop()
    const loaded = await vi.waitFor(() => space.load('copied'), { interval: 10, timeout: 5_000 })
    expect(loaded).toMatchObject({ status: 'loaded' })
    expect(await space.create('b')).toMatchObject({ status: 'saved' })
  })
})

describe('a server that does not answer', () => {
  it('counts as dead after five seconds, and is used again when it answers', { timeout: 30_000 }, async () => {
    const { port } = await serverFor()
    const proxy = await TcpProxy.to(port)
    onTestFinished(() => proxy.close())
    const space = await emptySpace({ port: proxy.port, database: 'scopes' })
    await space.create('a')
    proxy.blackhole()
    const silent = space.load('a', { touch: { touchedAt: start + 1, hits: 1 } })
    await expect(silent).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    await expect(space.create('b')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    proxy.heal()
    await vi.waitFor(() => space.load('a'), { interval: 10, timeout: 10_000 })
  })

  it('delays a call no longer than its caller waits, once it answers', async () => {
    const server = await serverFor()
    const space = await emptySpace({ url: server.url })
    await space.create('a')
    await suspend(server.pid)
    // By the server's clock the call ends long before its caller gives up, so that no inaccuracy of the clocks matters.
    const signal = AbortSignal.timeout(300)
    const load = space.space.load('a', {
      now: start,
      deadline: deadlineOf(signal, 50),
      touch: { touchedAt: start + 9 },
    })
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    process.kill(server.pid, 'SIGCONT')
    await expect(load).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(await space.stored('a')).toMatchObject({ touchedAt: start })
  })
})
