import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { storageFailure } from '../../src/drivers/redis/failure.js'
import { attributes } from '../../src/testing/suite/test-space.js'
import { redisCli, startRedis } from '../support/redis-server.js'
import { emptySpace, openRedis } from './redis-fixture.js'

/** Sends one command with redis-cli. */
type Cli = (...command: readonly string[]) => Promise<string>

/** A way to make a server refuse, and to undo it. */
interface Refusal {
  readonly settings?: Readonly<Record<string, string>>
  provoke(cli: Cli): Promise<unknown>
  undo(cli: Cli): Promise<unknown>
  readonly code: string
}

/** The file that Redis writes its snapshots to. */
const snapshotOf = async (cli: Cli): Promise<string> =>
  join((await cli('config', 'get', 'dir')).split('\n')[1] ?? '', 'dump.rdb')

const user = { username: 'shop', password: 'right' }
const rights = ['on', '~*', '&*', '+@all']

const refusals: Record<string, Refusal> = {
  READONLY: {
    provoke: (cli) => cli('replicaof', '127.0.0.1', '1'),
    undo: (cli) => cli('replicaof', 'no', 'one'),
    code: 'STORAGE_UNAVAILABLE',
  },
  MASTERDOWN: {
    settings: { 'replica-serve-stale-data': 'no', 'replica-read-only': 'no' },
    provoke: (cli) => cli('replicaof', '127.0.0.1', '1'),
    undo: (cli) => cli('replicaof', 'no', 'one'),
    code: 'STORAGE_UNAVAILABLE',
  },
  MISCONF: {
    settings: { save: '3600 1' },
    async provoke(cli) {
      await mkdir(await snapshotOf(cli)) // so that no snapshot can be put in its place
      await cli('bgsave').catch(() => {})
      await vi.waitFor(async () => expect(await cli('info', 'persistence')).toContain('rdb_last_bgsave_status:err'))
    },
    async undo(cli) {
      await rmdir(await snapshotOf(cli))
      await cli('bgsave')
    },
    code: 'STORAGE_UNAVAILABLE',
  },
  NOREPLICAS: {
    provoke: (cli) => cli('config', 'set', 'min-replicas-to-write', '1'),
    undo: (cli) => cli('config', 'set', 'min-replicas-to-write', '0'),
    code: 'STORAGE_UNAVAILABLE',
  },
  BUSY: {
    settings: { 'lua-time-limit': '10' },
    async provoke(cli) {
      cli('eval', 'while true do end', '0').catch(() => {}) // it is killed
      await vi.waitFor(() => expect(cli('get', 'a')).rejects.toThrow('BUSY'), { interval: 5 })
    },
    undo: (cli) => cli('script', 'kill'),
    code: 'STORAGE_UNAVAILABLE',
  },
  OOM: {
    settings: { 'maxmemory-policy': 'noeviction' },
    provoke: (cli) => cli('config', 'set', 'maxmemory', '1'),
    undo: (cli) => cli('config', 'set', 'maxmemory', '0'),
    code: 'STORAGE_FULL',
  },
  NOPERM: {
    provoke: (cli) => cli('acl', 'setuser', 'shop', '-evalsha'),
    undo: (cli) => cli('acl', 'setuser', 'shop', '+evalsha'),
    code: 'STORAGE_UNAVAILABLE',
  },
  'NOPERM inside of a script': {
    provoke: (cli) => cli('acl', 'setuser', 'shop', '-hset'),
    undo: (cli) => cli('acl', 'setuser', 'shop', '+hset'),
    code: 'STORAGE_UNAVAILABLE',
  },
  WRONGPASS: {
    async provoke(cli) {
      await cli('acl', 'setuser', 'shop', 'resetpass', '>another')
      await cli('client', 'kill', 'user', 'shop')
    },
    undo: (cli) => cli('acl', 'setuser', 'shop', '>right'),
    code: 'STORAGE_UNAVAILABLE',
  },
}

describe('98. a server that begins to refuse', () => {
  it.each(Object.entries(refusals))(
    'with %s gives 503, and is used again when it has stopped',
    async (word, refusal) => {
      const { settings = {}, provoke, undo, code } = refusal
      const server = await startRedis(settings)
      onTestFinished(() => server.stop())
      const cli = (...command: readonly string[]) => redisCli(server.port, ...command)
      await cli('acl', 'setuser', 'shop', `>${user.password}`, ...rights)
      const space = await emptySpace({ port: server.port, ...user })
      await space.create('a')
      await provoke(cli)
      const change = () => space.update('a', { set: attributes({ cart: '1' }) })
      const says = word.includes(' ') ? /script can't run this command|NOPERM/ : new RegExp(word)
      await vi.waitFor(() => expect(change()).rejects.toMatchObject({ code, message: expect.stringMatching(says) }))
      await expect(change()).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '5' } })
      await undo(cli)
      await vi.waitFor(async () => expect(await change()).toMatchObject({ status: 'saved' }), { timeout: 10_000 })
    },
  )

  it('because a password is needed from now on gives 503 too', async () => {
    const { port, stop } = await startRedis()
    onTestFinished(stop)
    const space = await emptySpace({ port })
    await redisCli(port, 'config', 'set', 'requirepass', 'secret')
    const cli = (...command: readonly string[]) => redisCli(port, '-a', 'secret', '--no-auth-warning', ...command)
    await cli('client', 'kill', 'type', 'normal')
    await vi.waitFor(() =>
      expect(space.create('a')).rejects.toMatchObject({
        code: 'STORAGE_UNAVAILABLE',
        status: 503,
        message: expect.stringMatching(/NOAUTH.*Correct the user, its password, or the rights it has in Redis\.$/),
      }),
    )
    await cli('config', 'set', 'requirepass', '')
    await vi.waitFor(() => space.create('a'), { timeout: 10_000 })
  })
})

const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' })

describe('98. a reply of Redis', () => {
  const unavailable = { code: 'STORAGE_UNAVAILABLE', status: 503 }
  const unusable = { code: 'STORAGE_UNUSABLE', status: 500 }
  const full = { code: 'STORAGE_FULL', status: 503 }
  const failed = { code: 'STORAGE_FAILED', status: 500 }

  it.each([
    ['LOADING Redis is loading the dataset in memory', unavailable, unavailable],
    ['BUSY Redis is busy running a script.', unavailable, unavailable],
    ["READONLY You can't write against a read only replica.", unavailable, unavailable],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", unavailable, unavailable],
    [
      'MISCONF Redis is configured to save RDB snapshots, but it is unable to persist on disk.',
      unavailable,
      unavailable,
    ],
    ['NOREPLICAS Not enough good replicas to write.', unavailable, unavailable],
    ['CLUSTERDOWN The cluster is down', unavailable, unavailable],
    ['ERR max number of clients reached', unavailable, unavailable],
    ["OOM command not allowed when used memory > 'maxmemory'.", full, full],
    ['NOAUTH Authentication required.', unusable, unavailable],
    ['WRONGPASS invalid username-password pair or user is disabled.', unusable, unavailable],
    ["NOPERM this user has no permissions to run the 'evalsha' command", unusable, unavailable],
    ['ERR invalid password', unusable, unavailable],
    ['ERR DB index is out of range', unusable, unavailable],
    ["ERR unknown command 'evalsha'", failed, failed],
  ])('%s is %o at the start, and %o later', (message, atStart, later) => {
    const failure = (operation: string) =>
      storageFailure(reply(message), { cache: 'shared', operation, where: 'here', lost: undefined, hasLeft: true })
    expect(failure('open')).toMatchObject(atStart)
    expect(failure('save')).toMatchObject(later)
  })

  it.each([
    ["Stream isn't writeable and enableOfflineQueue options is false", 'here: the connection was closed'],
    ['Connection is closed.', 'here: the connection was closed'],
    ["Cluster isn't ready and enableOfflineQueue options is false", 'here: there is no connection to the cluster'],
  ])('and never names the options of its client: %s', (message, reason) => {
    const failed = { cache: 'shared', operation: 'load', where: 'here', lost: undefined, hasLeft: false }
    expect(storageFailure(new Error(message), failed)).toMatchObject({ details: { reason } })
  })

  it('that ended the connection explains the calls that have none', () => {
    const lost = reply('WRONGPASS invalid username-password pair or user is disabled.')
    const closed = new Error("Stream isn't writeable and enableOfflineQueue options is false")
    expect(
      storageFailure(closed, { cache: 'shared', operation: 'load', where: 'here', lost, hasLeft: false }),
    ).toMatchObject({ code: 'STORAGE_UNAVAILABLE', remedy: expect.stringContaining('its password') })
  })
})

describe('a server with no room for another connection', () => {
  it('is unavailable when it is to be opened, so that the start is tried again', async () => {
    const { port, stop } = await startRedis({ maxclients: '1' })
    onTestFinished(stop)
    await openRedis({ port })
    await expect(openRedis({ port })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  })
})
