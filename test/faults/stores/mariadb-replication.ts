import { createConnection } from 'mariadb'
import { durableMariadb } from '../../support/mariadb-server.js'
import { type Register, type Replicated, type StoreServer, serverAt } from '../topology.js'
import { MariadbProcess } from './mariadb-process.js'

const patienceS = 20

/** Each begins read-only, as servers should that may have been replaced while they were down. */
const settingsOf = (number: number): Readonly<Record<string, string>> => ({
  ...durableMariadb,
  'server-id': `${number}`,
  'log-bin': 'changes',
  'log-slave-updates': 'ON',
  'binlog-format': 'ROW',
  'sync-binlog': '1',
  'read-only': 'ON',
})

/** A primary and a replica. */
export async function replicatedMariadb(): Promise<Replicated> {
  const servers = await Promise.all([1, 2].map((number) => MariadbProcess.start(settingsOf(number))))
  // A server that begins anew must not take the changes it once made for those of its new life.
  let number = servers.length
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`)
  let primary = serverAt(servers, servers[0]?.port ?? 0)
  const otherThan = (server: MariadbProcess) => serverAt(servers, servers.find((it) => it !== server)?.port ?? 0)
  await primary.sql('set global read_only = 0', 'create table canary (count integer) engine = InnoDB')
  await follow(otherThan(primary), primary)
  return {
    servers,
    cache: () => ({ driver: 'mariadb', storage: true, hosts, database: 'scopes' }),
    async victim() {
      const master = primary
      const replica = otherThan(master)
      await inStep(master, replica)
      return {
        master,
        register: (server) => mariadbRegister(server, () => inStep(master, replica)),
        async successor() {
          await promote(replica)
          primary = replica
          return replica
        },
        async revive() {
          await master.renew(settingsOf(++number))
          await follow(master, replica)
        },
      }
    },
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  }
}

/** From the first change on. */
async function follow(replica: MariadbProcess, primary: MariadbProcess): Promise<void> {
  const from = `master_host = '127.0.0.1', master_port = ${primary.port}, master_user = 'root'`
  await replica.sql(`change master to ${from}, master_connect_retry = 1, master_use_gtid = slave_pos`, 'start slave')
}

/** It first carries out what it has received. */
async function promote(replica: MariadbProcess): Promise<void> {
  const [status] = await replica.sql<{ Gtid_IO_Pos: string }>('stop slave io_thread', 'show slave status')
  await replica.sql(
    `select master_gtid_wait('${status?.Gtid_IO_Pos}', ${patienceS})`,
    'stop slave',
    'reset slave all',
    'set global read_only = 0',
  )
}

/** Resolves when the replica has what the primary has executed. */
async function inStep(primary: MariadbProcess, replica: MariadbProcess): Promise<void> {
  const [row] = await primary.sql<{ position: string }>('select @@gtid_binlog_pos as position')
  const [wait] = await replica.sql<{ result: number }>(
    `select master_gtid_wait('${row?.position}', ${patienceS}) as result`,
  )
  if (wait?.result !== 0) throw new Error(`The replica did not get in step within ${patienceS} s`)
}

async function mariadbRegister({ port }: StoreServer, replicated: Register['replicated']): Promise<Register> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    database: 'scopes',
    connectTimeout: 10_000, // of a busy machine
  })
  connection.on('error', () => {}) // each query rejects
  return {
    replicated,
    read: async () => Number((await connection.query('select max(count) as count from canary'))[0]?.count),
    async write(count) {
      const { affectedRows } = await connection.query('update canary set count = ?', [count])
      if (affectedRows === 0) await connection.query('insert into canary values (?)', [count])
    },
    close: () => connection.destroy(),
  }
}
