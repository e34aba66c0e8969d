import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { endedWithProcess } from './ended-with-process.js'
import { inContainer } from './in-container.js'
import { foundProgram, installedProgram, type ServerProgram } from './installed-program.js'

const run = promisify(execFile)

const mariadbServer: ServerProgram = {
  names: ['mariadbd'],
  package: 'mariadb-server',
  remedy:
    'These tests need a MariaDB: install mariadb-server, or set MARIADB_URL to one in which they may create databases.',
}
const installer: ServerProgram = { ...mariadbServer, names: ['mariadb-install-db'] }

/** A MariaDB that a test has to itself, with the database `scopes` and the user `root` without a password. */
export interface MariadbServer {
  readonly port: number
  readonly socket: string
  readonly url: string
  readonly pid: number
  /** Its folder, which `stop` removes. */
  readonly folder: string
  /** Runs statements as root, and returns the rows of the last one. */
  sql<Row = Record<string, unknown>>(...statements: readonly string[]): Promise<Row[]>
  /** With SIGKILL. */
  kill(): Promise<void>
  /** Starts it again on the same folder and port, after `kill`. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export type AnyMariadb = Pick<MariadbServer, 'url' | 'stop'>

/** The server that MARIADB_URL names, which others may use too, or one of the test's own: a process, else a container. */
export async function anyMariadb(): Promise<AnyMariadb> {
  const url = process.env.MARIADB_URL
  if (url) return { url, stop: async () => {} }
  return (await foundProgram(mariadbServer)) ? startMariadb() : ((await mariadbInDocker()) ?? startMariadb())
}

/** undefined where no container engine answers. */
async function mariadbInDocker(): Promise<AnyMariadb | undefined> {
  const server = await inContainer('mariadb:10.11', 3306, (container) =>
    container.withEnvironment({ MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: '1', MARIADB_DATABASE: 'scopes' }),
  )
  return server && { url: `mariadb://root@${server.address}/scopes`, stop: server.stop }
}

/** Nothing is waited for on the disk, and little of it is used. */
const fast = {
  'innodb-flush-log-at-trx-commit': '0',
  'innodb-flush-method': 'nosync',
  'innodb-doublewrite': 'OFF',
  'innodb-buffer-pool-size': '64M',
  'innodb-log-file-size': '32M',
  'performance-schema': 'OFF',
}

/** Settings with which the server keeps what it has acknowledged, whatever ends it. */
export const durableMariadb = {
  'innodb-flush-log-at-trx-commit': '1',
  'innodb-flush-method': 'fsync',
  'innodb-doublewrite': 'ON',
}

/** A new, empty server on loopback with a folder of its own; `settings` as on the command line, without the dashes. */
export async function startMariadb(settings: Readonly<Record<string, string>> = {}): Promise<MariadbServer> {
  const [program, install] = [await installedProgram(mariadbServer), await installedProgram(installer)]
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-mariadb-'))
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  // Servers that begin delete each other's temporary tables if they share a folder for them.
  const own = ['--no-defaults', ...asRoot, `--datadir=${folder}/files`, `--tmpdir=${folder}/temporary`]
  await mkdir(join(folder, 'temporary'))
  await run(install, [...own, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'])
  await writeFile(join(folder, 'init.sql'), 'create database if not exists scopes;\n')
  return launch(program, folder, own, settings)
}

async function launch(
  program: string,
  folder: string,
  own: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<MariadbServer> {
  const port = Number(settings.port ?? (await freePort()))
  const socket = join(folder, 'socket')
  const log = join(folder, 'log')
  const all = {
    ...fast,
    'bind-address': '127.0.0.1',
    socket,
    'pid-file': join(folder, 'pid'),
    'log-error': log,
    'init-file': join(folder, 'init.sql'),
    'skip-name-resolve': 'ON',
    ...settings,
    port: `${port}`,
  }
  const parameters = Object.entries(all).map(([name, value]) => `--${name}=${value}`)
  const start = async () => {
    const started = spawn(program, [...own, ...parameters], { stdio: 'ignore' })
    await ready(endedWithProcess(started), port, log)
    return started
  }
  let child = await start()
  const kill = async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    port,
    socket,
    folder,
    url: `mariadb://root@127.0.0.1:${port}/scopes`,
    get pid() {
      return child.pid ?? 0
    },
    kill,
    async restart() {
      child = await start()
    },
    sql: (...statements) => rowsOf(socket, statements),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) await kill()
      await rm(folder, { recursive: true })
    },
  }
}

async function rowsOf<Row>(socket: string, statements: readonly string[]): Promise<Row[]> {
  const { createConnection } = await import('mariadb')
  const connection = await createConnection({
    socketPath: socket,
    user: 'root',
    database: 'scopes',
    bigIntAsNumber: true,
    connectTimeout: 10_000, // of a busy machine
  })
  try {
    let rows: Row[] = []
    for (const statement of statements) rows = await connection.query(statement)
    return rows
  } finally {
    await connection.end()
  }
}

/** Resolves when it accepts connections; it begins to only after it has run the file of its start. */
async function ready(child: ChildProcess, port: number, log: string): Promise<void> {
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`mariadbd did not start:\n${await readFile(log, 'utf8').catch(() => '')}`)
    await pause(10)
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('error', () => resolve(false))
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
