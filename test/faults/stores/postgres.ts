import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { durablePostgres } from '../../support/postgres-server.js'
import { commonFaults, failover, onOneServer, strikeMs } from '../faults.js'
import type { Store } from '../store.js'
import { eventually, type Register, type Replicated, type StoreServer, serverAt, type Topology } from '../topology.js'
import { PostgresProcess } from './postgres-process.js'
import { hasSmallDisks, SmallDisk } from './small-disk.js'

const urlAt = (port: number, user = 'postgres') => `postgres://${user}@127.0.0.1:${port}/postgres`

interface SinglePostgres extends Topology {
  readonly server: PostgresProcess
  /** Of the tables; absent where none can be made. */
  readonly disk?: SmallDisk
}

/** What is acknowledged is on disk, so that SIGKILL loses nothing. */
async function singlePostgres(): Promise<SinglePostgres> {
  const server = await PostgresProcess.start(durablePostgres)
  await server.sql('create role shop login')
  await server.sql('grant create on database postgres to shop')
  const disk = hasSmallDisks ? await smallDiskOf(server) : undefined
  return {
    server,
    servers: [server],
    ...(disk && { disk }),
    cache: (port = server.port) => ({ driver: 'postgres', storage: true, url: urlAt(port, 'shop') }),
    async stop() {
      await server.kill()
      await disk?.unmount()
      await server.stop()
    },
  }
}

/** The tables are made on it; the log of the server is on another disk. */
async function smallDiskOf(server: PostgresProcess): Promise<SmallDisk> {
  const folder = join(server.folder, 'small')
  const disk = await SmallDisk.mount(folder, '16m')
  await server.sql(`create tablespace small location '${folder}'`)
  await server.sql('grant create on tablespace small to shop')
  await server.sql('alter role shop set default_tablespace = small')
  return disk
}

const onSingle = onOneServer(singlePostgres)

const singleFaults = {
  ...commonFaults(singlePostgres, 'PostgreSQL', ['koa_scopes_save', 'koa_scopes_update', 'koa_scopes_load']),
  connections: onSingle('all connections cut, and new ones refused (connection limit)', async ({ proxies, store }) => {
    await store.server.sql('alter role shop connection limit 0')
    for (const proxy of proxies) proxy.cut()
    await pause(strikeMs)
    await store.server.sql('alter role shop connection limit -1')
  }),
  ...(hasSmallDisks && {
    full: onSingle('the disk of the tables is full', async ({ store: { server, disk } }) => {
      await server.sql('vacuum full scopes.records, scopes.attributes') // leaves no room in their pages
      await disk?.fill()
      await pause(strikeMs)
      await disk?.free()
    }),
  }),
}

/** A primary and a replica. */
async function replicatedPostgres(): Promise<Replicated> {
  const first = await PostgresProcess.start(durablePostgres)
  const second = await PostgresProcess.startReplica(first, durablePostgres)
  const servers = [first, second]
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`)
  let primary = first
  return {
    servers,
    cache: () => ({ driver: 'postgres', storage: true, hosts }),
    async victim() {
      const master = primary
      const replica = serverAt(servers, master === first ? second.port : first.port)
      await master.sql('create table if not exists canary (count integer)')
      await eventually(() => isInStep(master))
      return {
        master,
        register: postgresRegister,
        async successor() {
          await replica.sql('select pg_promote()')
          primary = replica
          return replica
        },
        revive: () => master.follow(replica),
      }
    },
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  }
}

/** Whether its replica has all that it has executed. */
async function isInStep(primary: PostgresProcess): Promise<boolean> {
  const [row] = await primary.sql<{ in_step: boolean }>(
    `select replay_lsn >= pg_current_wal_lsn() as in_step from pg_stat_replication where state = 'streaming'`,
  )
  return row?.in_step ?? false
}

async function postgresRegister({ port }: StoreServer): Promise<Register> {
  const client = new pg.Client(urlAt(port))
  client.on('error', () => {}) // each query rejects
  await client.connect()
  const read = async () => Number((await client.query('select max(count) as count from canary')).rows[0]?.count)
  return {
    read,
    async write(count) {
      const { rowCount } = await client.query('update canary set count = $1', [count])
      if (rowCount === 0) await client.query('insert into canary values ($1)', [count])
    },
    async replicated() {
      const { rows } = await client.query('select pg_current_wal_lsn() as lsn')
      await eventually(async () => {
        const found = await client.query(
          `select from pg_stat_replication where state = 'streaming' and replay_lsn >= $1::pg_lsn`,
          [rows[0].lsn],
        )
        return found.rows.length > 0
      })
    },
    close: () => void client.end().catch(() => {}),
  }
}

const postgresFaults = {
  ...singleFaults,
  failover: failover('the primary is killed (SIGKILL), its replica is promoted', replicatedPostgres),
}

export const postgres: Store = {
  title: 'PostgreSQL',
  runs: 2,
  faults: postgresFaults,
  remarks: `The tables of the full disk are in a tablespace of their own, so that the server can still write its log: where it cannot, it
stops until there is room.

### What PostgreSQL itself can lose

A server with \`fsync\` and \`synchronous_commit\` on, as here, keeps every acknowledged change; only touches wait for no disk, so a
crash can make the lives of sessions a little shorter. With \`synchronous_commit = off\` a crash of the server loses the changes of
the last moments.

Replication is asynchronous unless \`synchronous_standby_names\` names a replica: if another one is promoted, changes that had not
reached it are lost, and so are those that a primary still accepts that was cut off but is alive.`,
}
