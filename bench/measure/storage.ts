import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hazelcastVersion, startHazelcast } from '../../test/support/hazelcast-members.js'
import { startMariadb } from '../../test/support/mariadb-server.js'
import { standInVersion, startStandIn } from '../../test/support/mongo-server.js'
import { startPostgres } from '../../test/support/postgres-server.js'
import { startRedis } from '../../test/support/redis-server.js'
import type { StorageName } from '../contestants.js'
import { cpuOfTree } from './process-tree.js'

/** The storage of one contestant's sessions, which no other contestant uses. */
export interface Storage {
  /** The URL of a server, or a folder. */
  readonly address: string
  /** Microseconds of CPU that the processes of the server have used; undefined if the system does not tell. */
  cpu?(): Promise<number | undefined>
  /** Bytes that the server has written to its log of changes. */
  logged?(): Promise<number>
  /** Does the work that the server would otherwise do in the background, during the next measurement. */
  tidy?(): Promise<void>
  /** The server and its version. */
  version?(): Promise<string>
  stop(): Promise<void>
}

/** As users run them: a change that was acknowledged is on the disk. The helpers of the tests do without. */
const durablePostgres = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' }
const durableMariadb = {
  'innodb-flush-log-at-trx-commit': '1',
  'innodb-flush-method': 'fsync',
  'innodb-doublewrite': 'ON',
  'innodb-buffer-pool-size': '128M',
  'innodb-log-file-size': '96M',
}

async function redisVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)('redis-server', ['--version'])
  return `Redis ${/v=(\S+)/.exec(stdout)?.[1] ?? 'unknown'}`
}

async function ownFolder(): Promise<Storage> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-bench-'))
  return { address: folder, stop: () => rm(folder, { recursive: true }) }
}

const storages: Readonly<Record<StorageName, () => Promise<Storage>>> = {
  none: async () => ({ address: '', stop: async () => {} }),
  async redis() {
    const server = await startRedis()
    return {
      address: server.url,
      cpu: () => cpuOfTree(server.pid),
      version: redisVersion,
      stop: () => server.stop(),
    }
  },
  async postgres() {
    const server = await startPostgres(durablePostgres)
    return {
      address: server.url,
      cpu: () => cpuOfTree(server.pid),
      async logged() {
        const [row] = await server.sql<{ bytes: number }>(
          "select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes",
        )
        return row?.bytes ?? Number.NaN
      },
      async tidy() {
        await server.sql('vacuum analyze')
        await server.sql('checkpoint')
      },
      async version() {
        const [row] = await server.sql<{ server_version: string }>('show server_version')
        return `PostgreSQL ${row?.server_version}`
      },
      stop: () => server.stop(),
    }
  },
  async mariadb() {
    const server = await startMariadb(durableMariadb)
    return {
      address: server.url,
      cpu: () => cpuOfTree(server.pid),
      async version() {
        const [row] = await server.sql<{ version: string }>('select version() as version')
        return `MariaDB ${row?.version.replace(/-MariaDB.*/, '')}`
      },
      stop: () => server.stop(),
    }
  },
  async hazelcast() {
    const { name, members, stop } = await startHazelcast({ java: [] })
    const [{ address, pid } = { address: '', pid: 0 }] = members
    return {
      address: `hazelcast://${address}/${name}`,
      cpu: () => cpuOfTree(pid),
      version: async () => `Hazelcast ${hazelcastVersion}`,
      stop,
    }
  },
  async mongodb() {
    const { url, pid, stop } = await startStandIn()
    return {
      address: url,
      cpu: () => cpuOfTree(pid),
      version: async () => `the stand-in mongo-java-server ${standInVersion} in place of MongoDB`,
      stop,
    }
  },
  lmdb: ownFolder,
  sqlite: ownFolder,
}

export const startStorage = (kind: StorageName): Promise<Storage> => storages[kind]()
