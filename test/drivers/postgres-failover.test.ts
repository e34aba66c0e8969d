import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { attributes, textsOf } from '../../src/testing/suite/test-space.js'
import { type PostgresServer, startPostgres, startReplica } from '../support/postgres-server.js'
import { emptySpace, openPostgres } from './postgres-fixture.js'

const soon = { interval: 10, timeout: 20_000 }
const hostOf = ({ port }: PostgresServer) => `127.0.0.1:${port}`

async function primaryAndReplica() {
  const primary = await startPostgres()
  onTestFinished(() => primary.stop())
  const replica = await startReplica(primary)
  onTestFinished(() => replica.stop())
  return { primary, replica, hosts: [replica, primary].map(hostOf) }
}

/** Resolves when the replica has what the primary has now. */
async function caughtUp(primary: PostgresServer, replica: PostgresServer): Promise<void> {
  const [now] = await primary.sql<{ lsn: string }>('select pg_current_wal_insert_lsn() as lsn')
  await primary.sql(
    'set synchronous_commit = on; create table if not exists public.flushed (); drop table public.flushed',
  )
  const has = () => replica.sql<{ has: boolean }>(`select pg_last_wal_replay_lsn() >= '${now?.lsn}'::pg_lsn as has`)
  await vi.waitFor(async () => expect(await has()).toEqual([{ has: true }]), soon)
}

describe('a primary and its replica', () => {
  it('are told apart, and after the end of the primary the promoted replica is used, for notices too', async () => {
    const { primary, replica, hosts } = await primaryAndReplica()
    const options = { hosts, prefix: 'failover:' }
    const space = await emptySpace(options)
    const other = space.through(await openPostgres(options))
    const heard: string[] = []
    const stop = await space.space.watch?.({
      onChange: ({ kind, id }) => void heard.push(`${kind} ${id}`),
      onGap: () => void heard.push('gap'),
    })
    await space.create('a', { set: attributes({ cart: '1' }) })
    expect(await primary.sql('select from scopes.records')).toHaveLength(1)
    await caughtUp(primary, replica)
    await primary.kill()
    await vi.waitFor(
      () =>
        expect(space.load('a')).rejects.toMatchObject({
          code: 'STORAGE_UNAVAILABLE',
          message: expect.stringContaining('ECONNREFUSED'),
        }),
      soon,
    )
    await replica.sql('select pg_promote()')
    expect(textsOf(await vi.waitFor(() => space.stored('a'), soon))).toEqual([['cart', '1']])
    expect(await space.update('a', { set: attributes({ cart: '2' }) })).toMatchObject({ status: 'saved' })
    await vi.waitFor(() => expect(heard).toEqual(['gap']), soon)
    await vi.waitFor(() => other.update('a', { ending: 'logout' }), soon)
    await vi.waitFor(() => expect(heard).toEqual(['gap', 'ended a']), soon)
    await stop?.()
  })

  it('are no store without the primary: the replica is refused, with the reason', async () => {
    const { replica } = await primaryAndReplica()
    await expect(openPostgres({ hosts: [hostOf(replica)] })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining(`${hostOf(replica)} accepts no writes: it is a replica`),
    })
  })
})

/** A server that takes connections and says nothing. */
async function silentHost() {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections }
}

describe('a server that does not answer, in front of one that does', () => {
  it('holds up neither the start nor the notices for long, and is not asked again while the other is there', async () => {
    const primary = await startPostgres()
    onTestFinished(() => primary.stop())
    const silent = await silentHost()
    const began = performance.now()
    const options = { hosts: [silent.host, hostOf(primary)], connections: 1 }
    const space = await emptySpace(options)
    await space.space.watch?.({ onChange() {}, onGap() {} })
    expect(performance.now() - began).toBeLessThan(5_000) // the time after which it counts as dead
    expect(silent.connections()).toBe(2)
    await space.create('a')
    await primary.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'koa-scopes' and query not like 'listen%'",
    )
    await vi.waitFor(() => space.stored('a'), soon)
    expect(silent.connections()).toBe(2)
  })
})
