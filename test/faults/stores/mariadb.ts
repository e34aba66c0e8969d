import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { durableMariadb } from '../../support/mariadb-server.js'
import { commonFaults, failover, onOneServer, strikeMs } from '../faults.js'
import type { Store } from '../store.js'
import type { Topology } from '../topology.js'
import { MariadbProcess } from './mariadb-process.js'
import { replicatedMariadb } from './mariadb-replication.js'
import { hasSmallDisks, SmallDisk } from './small-disk.js'

interface SingleMariadb extends Topology {
  readonly server: MariadbProcess
  /** Of the tables; absent where none can be made. */
  readonly disk?: SmallDisk
}

/** What is acknowledged is on disk, so that SIGKILL loses nothing. */
async function singleMariadb(): Promise<SingleMariadb> {
  // Only a limit that is there from the start can be changed.
  const server = await MariadbProcess.start({ ...durableMariadb, 'max-user-connections': '1000' })
  await server.sql("create user shop@'127.0.0.1'", "grant all on scopes.* to shop@'127.0.0.1'")
  const disk = hasSmallDisks ? await SmallDisk.mount(join(server.folder, 'files', 'scopes'), '16m') : undefined
  return {
    server,
    servers: [server],
    ...(disk && { disk }),
    cache: (port = server.port) => ({
      driver: 'mariadb',
      storage: true,
      url: `mariadb://shop@127.0.0.1:${port}/scopes`,
    }),
    async stop() {
      await server.kill()
      await disk?.unmount()
      await server.stop()
    },
  }
}

const onSingle = onOneServer(singleMariadb)

const mariadbFaults = {
  ...commonFaults(singleMariadb, 'MariaDB', ['commit']),
  connections: onSingle(
    'all connections cut, and new ones refused (max_user_connections)',
    async ({ proxies, store }) => {
      await store.server.sql('set global max_user_connections = -1')
      for (const proxy of proxies) proxy.cut()
      await pause(strikeMs)
      await store.server.sql('set global max_user_connections = 1000')
    },
  ),
  ...(hasSmallDisks && {
    full: onSingle('the disk of the tables is full', async ({ store: { server, disk } }) => {
      await server.sql('optimize table scopes_records, scopes_attributes') // leaves little room in their pages
      await disk?.fill()
      await pause(strikeMs)
      await disk?.free()
    }),
  }),
  failover: failover('the primary is killed (SIGKILL), its replica is promoted', replicatedMariadb),
}

export const mariadb: Store = {
  title: 'MariaDB',
  runs: 2,
  faults: mariadbFaults,
  remarks: `The tables of the full disk are on a file system of their own, so that the server can still write its log.

### What MariaDB itself can lose

A server with \`innodb_flush_log_at_trx_commit = 1\`, as here, keeps every acknowledged change. [The driver's
page](drivers/mariadb.md#what-the-server-may-lose) says what the other values lose.

Replication is asynchronous by default: if a replica is promoted, changes that had not reached it are lost, and so are those that a
primary still accepts that was cut off but is alive.`,
}
