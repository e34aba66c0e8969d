import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { withFolder } from '../support/container.js'
import { redisNode } from '../support/lined-nodes.js'
import { LogLines } from '../support/log-lines.js'
import { redisCli, startRedis, startRedisCluster, startSentinel } from '../support/redis-server.js'
import { sessionPages } from '../support/shop.js'
import { visitorWith } from '../support/visitor.js'
import { emptySpace, openRedis } from './redis-fixture.js'

const patience = { timeout: 15_000, interval: 50 }

async function guarded(settings: Readonly<Record<string, string>> = {}) {
  const server = await startRedis({ requirepass: 'first', ...settings })
  onTestFinished(() => server.stop())
  const cli = (password: string, ...command: readonly string[]) =>
    redisCli(server.port, '-a', password, '--no-auth-warning', ...command)
  /** Gives it another password, and ends the connections that were made with the one before. */
  const changed = async (from: string, to: string) => {
    await cli(from, 'config', 'set', 'requirepass', to)
    await cli(to, 'client', 'kill', 'type', 'normal')
    await cli(to, 'client', 'kill', 'type', 'pubsub')
  }
  return { port: server.port, changed }
}

describe('the password of Redis', () => {
  test('may change in its file while a node is connected: the node goes on with the new one', () =>
    withFolder(async (folder) => {
      const passwordFile = join(folder, 'password')
      await writeFile(passwordFile, 'first\n')
      const { port, changed } = await guarded()
      const log = new LogLines()
      const node = await redisNode({ redis: { port, passwordFile }, pages: sessionPages, logger: log.logger })
      onTestFinished(() => node.stop())
      const visitor = await visitorWith(node.url, 'name=ada')
      // The file first, as when a secret is rotated; what is connected stays connected.
      await writeFile(passwordFile, 'second\n')
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' })
      await changed('first', 'second')
      await vi.waitFor(async () => {
        expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' })
      }, patience)
      // Notices too.
      const directory = node.app.sessions
      const [found] = (await directory.list({ limit: 1 })).items
      const ended = new Promise<void>((resolve) => void directory.onEnd(found?.id ?? '', () => resolve()))
      await directory.end(found?.id ?? '')
      await ended
    }))

  test('may come into its file too late: the node waits for it', () =>
    withFolder(async (folder) => {
      const passwordFile = join(folder, 'password')
      await writeFile(passwordFile, 'first')
      const { port, changed } = await guarded()
      const node = await redisNode({ redis: { port, passwordFile }, pages: sessionPages })
      onTestFinished(() => node.stop())
      const visitor = await visitorWith(node.url, 'name=ada')
      await writeFile(passwordFile, '')
      await changed('first', 'second')
      await vi.waitFor(async () => expect((await visitor.get(node.url, '/read')).status).toBe(503), patience)
      await writeFile(passwordFile, 'second')
      await vi.waitFor(async () => {
        expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' })
      }, patience)
    }))

  test('may be asked of a function, which is asked again for each connection', async () => {
    const { port, changed } = await guarded()
    let password = 'first'
    let times = 0
    const ask = async () => {
      times += 1
      return password
    }
    const space = await emptySpace({ port, password: ask })
    expect(await space.create('a')).toMatchObject({ status: 'saved' })
    const before = times
    password = 'second'
    await changed('first', 'second')
    await vi.waitFor(async () => expect(await space.create('b')).toMatchObject({ status: 'saved' }), patience)
    expect(times).toBeGreaterThan(before)
  })

  test('that cannot be had makes the store unavailable, with the reason', async () => {
    const { port } = await guarded()
    await expect(
      openRedis({ port, password: () => Promise.reject(new Error('the vault is sealed')) }),
    ).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('the function for its password failed: the vault is sealed'),
    })
  })

  test('that is wrong is in no message', async () => {
    const { port } = await guarded()
    const error = await openRedis({ port, password: () => 'wrong-one' }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE', message: expect.stringContaining('WRONGPASS') })
    expect(JSON.stringify([error, error.cause, error.message, error.cause.stack])).not.toContain('wrong-one')
  })

  test('is asked of a function on a cluster and behind sentinels too', async () => {
    const cluster = await startRedisCluster()
    onTestFinished(() => cluster.stop())
    const ports = cluster.nodes.map((node) => Number(node.split(':')[1]))
    for (const port of ports) await redisCli(port, 'acl', 'setuser', 'default', 'resetpass', '>first')
    const onCluster = await emptySpace({ cluster: cluster.nodes, password: async () => 'first' })
    expect(await onCluster.create('a')).toMatchObject({ status: 'saved' })

    const master = await guarded()
    const sentinel = await startSentinel(master)
    onTestFinished(() => sentinel.stop())
    await redisCli(sentinel.port, 'sentinel', 'set', 'shop', 'auth-pass', 'first')
    await redisCli(sentinel.port, 'acl', 'setuser', 'default', 'resetpass', '>guarded')
    const place = { name: 'shop', nodes: [`127.0.0.1:${sentinel.port}`], password: async () => 'guarded' }
    const behind = await emptySpace({ sentinel: place, password: async () => 'first' })
    expect(await behind.create('a')).toMatchObject({ status: 'saved' })
  })
})
