import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { endedWithProcess } from './ended-with-process.js'
import { inContainer } from './in-container.js'
import { foundProgram, installedProgram, type ServerProgram } from './installed-program.js'

const run = promisify(execFile)

/** Where Debian has the programs of each version. */
const home = '/usr/lib/postgresql'

const remedy =
  'These tests need a PostgreSQL: install postgresql, or set PG_URL to a database in which they may create schemas and roles.'

/** A PostgreSQL that a test has to itself, with the superuser `postgres` without a password. */
export interface PostgresServer {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** Its folder, which `stop` removes. */
  readonly folder: string
  /** Runs one statement as the superuser, and returns its rows. */
  sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>
  /** Ends it as a crash does. With SIGKILL its other processes end only when they notice. */
  kill(signal?: 'SIGQUIT' | 'SIGKILL'): Promise<void>
  /** Starts it again on the same folder and port, after `kill`. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export type AnyPostgres = Pick<PostgresServer, 'url' | 'stop' | 'sql'>

/** The server that PG_URL names, which others may use too, or one of the test's own: a process, else a container. */
export async function anyPostgres(): Promise<AnyPostgres> {
  const url = process.env.PG_URL
  if (url) return { url, sql: (text) => rowsOf(url, text), stop: async () => {} }
  return (await foundProgram(await postgresProgram()))
    ? startPostgres()
    : ((await postgresInDocker()) ?? startPostgres())
}

/** undefined where no container engine answers. */
async function postgresInDocker(): Promise<AnyPostgres | undefined> {
  const server = await inContainer('postgres:17-alpine', 5432, (container) =>
    container.withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust' }),
  )
  if (!server) return undefined
  const url = `postgres://postgres@${server.address}/postgres`
  return { url, sql: (text) => rowsOf(url, text), stop: server.stop }
}

/** The newest version that Debian has put into its folder, else what is on the PATH. */
async function postgresProgram(): Promise<ServerProgram> {
  const versions = await readdir(home).catch(() => [])
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0]
  return { names: ['postgres'], folders: newest ? [join(home, newest, 'bin')] : [], package: 'postgresql', remedy }
}

async function programs(): Promise<{ readonly postgres: string; readonly bin: string }> {
  await installedProgram(await postgresProgram()) // installs it where that is possible
  const postgres = await installedProgram(await postgresProgram())
  return { postgres, bin: join(postgres, '..') }
}

/** Nothing is waited for on the disk. */
const fast = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '500' }

/** Settings with which the server keeps what it has acknowledged, whatever ends it. */
export const durablePostgres = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' }

/** A new, empty server on loopback with a folder of its own. `settings`: of its configuration. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const { bin } = await programs()
  const folder = await ownFolder()
  const initdb = ['-D', `${folder}/data`, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']
  await run(join(bin, 'initdb'), initdb, await asPostgres())
  return launch(folder, Number(settings.port ?? (await freePort())), settings)
}

/** A replica of a server that is running. `settings`: of its configuration. */
export async function startReplica(
  primary: PostgresServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const { bin } = await programs()
  const folder = await ownFolder()
  const from = ['-h', '127.0.0.1', '-p', `${primary.port}`, '-U', 'postgres']
  await run(
    join(bin, 'pg_basebackup'),
    [...from, '-D', `${folder}/data`, '-R', '-X', 'stream', '-c', 'fast'],
    await asPostgres(),
  )
  return launch(folder, Number(settings.port ?? (await freePort())), settings)
}

async function launch(
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresServer> {
  const { postgres } = await programs()
  const all = { ...fast, listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings, port: `${port}` }
  const parameters = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const start = async () => {
    const child = spawn(postgres, ['-D', `${folder}/data`, ...parameters], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(await asPostgres()),
    })
    await ready(endedWithProcess(child, 'SIGQUIT'), url)
    return child
  }
  let child = await start()
  const kill = async (signal: 'SIGQUIT' | 'SIGKILL' = 'SIGQUIT') => {
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  return {
    port,
    url,
    folder,
    get pid() {
      return child.pid ?? 0
    },
    sql: (text) => rowsOf(url, text),
    kill,
    async restart() {
      child = await start()
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) await kill()
      await rm(folder, { recursive: true })
    },
  }
}

/** The server refuses to run as root. Debian's package makes the user postgres. */
async function asPostgres(): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {}
  const ids = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
  )
  return { uid: ids[0] ?? 0, gid: ids[1] ?? 0 }
}

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-pg-'))
  const { uid, gid } = await asPostgres()
  await chmod(folder, 0o700)
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  return folder
}

async function rowsOf<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client(url)
  client.on('error', () => {}) // the statement rejects too
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** Reads on afterwards, so that the server can go on writing. */
async function ready(child: ChildProcess, url: string): Promise<void> {
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += chunk
  })
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`postgres did not start:\n${log}`)
    try {
      return void (await rowsOf(url, 'select 1'))
    } catch {
      await pause(20)
    }
  }
}
