import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { DriverDefinition } from '../../src/drivers/definition.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import type { Driver } from '../../src/storage/contract.js'
import { attributes, TestSpace, textsOf } from '../../src/testing/suite/test-space.js'
import { withFolder } from '../support/container.js'
import { installedProgram, type ServerProgram } from '../support/installed-program.js'
import { startMariadb } from '../support/mariadb-server.js'
import { startPostgres } from '../support/postgres-server.js'
import { redisCli, startRedis } from '../support/redis-server.js'

const run = promisify(execFile)
const page = await readFile(new URL('../../docs/production.md', import.meta.url), 'utf8')

async function opened(name: string, options: object): Promise<Driver> {
  const definition = builtInDrivers.get(name) as DriverDefinition
  const driver = await definition.create(definition.options.parse(options), {
    cache: 'kept',
    directory: '/',
    onEvicted() {},
  })
  await driver.open()
  return driver
}

const spaceOf = (driver: Driver) => new TestSpace('shop:session', driver)

/** Writes all the time, as a site in use does, until it is told to stop. */
function busy(driver: Driver): { stop(): Promise<void> } {
  const space = spaceOf(driver)
  let isOver = false
  const writing = (async () => {
    for (let n = 0; !isOver; n += 1) await space.create(`busy-${n}`, { set: attributes({ n: 'x'.repeat(500) }) })
  })()
  return {
    async stop() {
      isOver = true
      await writing
    },
  }
}

/** Runs `backup` on a store in use that holds a record, and checks that the store of `restored` has it. */
async function keeps(name: string, options: object, backup: () => Promise<unknown>, restored: () => Promise<object>) {
  const driver = await opened(name, options)
  const space = spaceOf(driver)
  await space.create('a', { principal: 'ada', set: attributes({ cart: '1' }) })
  const traffic = busy(driver)
  await backup()
  await traffic.stop()
  await space.update('a', { set: attributes({ cart: '2' }) })
  await driver.close()
  const again = await opened(name, await restored())
  try {
    const found = spaceOf(again)
    expect(textsOf(await found.stored('a'))).toEqual([['cart', '1']])
    expect(await found.ids({ principal: 'ada' })).toEqual(['a'])
    expect(await found.update('a', { set: attributes({ cart: '3' }) })).toMatchObject({ status: 'saved' })
  } finally {
    await again.close()
  }
}

/** Fails if the page has another command. */
function documented(command: string): string {
  expect(page).toContain(`\`${command}`)
  return command
}

describe('the backups of docs/production.md, of a store in use', () => {
  test('lmdb', () =>
    withFolder(async (folder) => {
      documented('node backup-lmdb.mjs ./data ./backup/$(date +%F)')
      const script = fileURLToPath(new URL('../../examples/production/backup-lmdb.mjs', import.meta.url))
      const [data, backup] = [join(folder, 'data'), join(folder, 'backup')]
      await keeps(
        'lmdb',
        { path: data },
        () => run(process.execPath, [script, data, backup]),
        async () => {
          await rm(data, { recursive: true })
          await rename(backup, data)
          return { path: data }
        },
      )
    }))

  test('lmdb says in one sentence that the folder of the backup is there', () =>
    withFolder(async (folder) => {
      const script = fileURLToPath(new URL('../../examples/production/backup-lmdb.mjs', import.meta.url))
      const again = run(process.execPath, [script, join(folder, 'data'), folder])
      await expect(again).rejects.toMatchObject({
        code: 1,
        stderr: `${folder} is there already: name a folder that is not.\n`,
      })
      await expect(run(process.execPath, [script])).rejects.toMatchObject({
        stderr: expect.not.stringMatching(/^ +at /m),
      })
    }))

  test('sqlite', () =>
    withFolder(async (folder) => {
      const sqlite3 = await installedProgram({
        names: ['sqlite3'],
        package: 'sqlite3',
        remedy: 'This test needs sqlite3.',
      })
      documented(`sqlite3 data/scopes.db "vacuum into 'backup.db'"`)
      const path = join(folder, 'data/scopes.db')
      await keeps(
        'sqlite',
        { path },
        () => run(sqlite3, ['data/scopes.db', "vacuum into 'backup.db'"], { cwd: folder }),
        async () => {
          for (const end of ['-wal', '-shm']) await rm(`${path}${end}`, { force: true })
          await rename(join(folder, 'backup.db'), path)
          return { path }
        },
      )
    }))

  test('redis', () =>
    withFolder(async (folder) => {
      documented('redis-cli --rdb backup.rdb')
      const server = await startRedis({ appendonly: 'yes' })
      await keeps(
        'redis',
        { url: server.url },
        () => run('redis-cli', ['-p', `${server.port}`, '--rdb', 'backup.rdb'], { cwd: folder }),
        async () => {
          await server.stop()
          const restoredIn = join(folder, 'restored')
          await mkdir(restoredIn)
          await copyFile(join(folder, 'backup.rdb'), join(restoredIn, 'dump.rdb'))
          const again = await startRedis({ appendonly: 'no', dir: restoredIn })
          onTestFinished(() => again.stop())
          await redisCli(again.port, 'config', 'set', 'appendonly', 'yes')
          return { url: again.url }
        },
      )
    }))

  test('postgres', () =>
    withFolder(async (folder) => {
      const bin = await programsOf('pg_dump', 'psql')
      documented('pg_dump --schema=scopes --file=backup.sql shop')
      documented('psql --file=backup.sql shop')
      const server = await startPostgres()
      onTestFinished(() => server.stop())
      await server.sql('create database shop')
      await server.sql('create database restored')
      const at = ['-h', '127.0.0.1', '-p', `${server.port}`, '-U', 'postgres']
      const url = (name: string) => server.url.replace(/postgres$/, name)
      await keeps(
        'postgres',
        { url: url('shop') },
        () => run(bin.pg_dump ?? '', [...at, '--schema=scopes', '--file=backup.sql', 'shop'], { cwd: folder }),
        async () => {
          await run(bin.psql ?? '', [...at, '-v', 'ON_ERROR_STOP=1', '--file=backup.sql', 'restored'], { cwd: folder })
          return { url: url('restored') }
        },
      )
    }))

  test('mariadb', () =>
    withFolder(async (folder) => {
      documented('mariadb-dump --single-transaction shop > backup.sql')
      documented('mariadb shop < backup.sql')
      const bin = await programsOf('mariadb-dump', 'mariadb')
      const server = await startMariadb()
      onTestFinished(() => server.stop())
      await server.sql('create database shop', 'create database restored')
      const at = ['--no-defaults', `--socket=${server.socket}`, '--user=root']
      const url = (name: string) => server.url.replace(/scopes$/, name)
      const file = join(folder, 'backup.sql')
      await keeps(
        'mariadb',
        { url: url('shop') },
        async () => {
          const options = { maxBuffer: 2 ** 28 }
          const { stdout } = await run(bin['mariadb-dump'] ?? '', [...at, '--single-transaction', 'shop'], options)
          await writeFile(file, stdout)
        },
        async () => {
          await run(bin.mariadb ?? '', [...at, 'restored', '-e', `source ${file}`])
          return { url: url('restored') }
        },
      )
    }))
})

const packages: Readonly<Record<string, string>> = {
  pg_dump: 'postgresql-client',
  psql: 'postgresql-client',
  mariadb: 'mariadb-client',
  'mariadb-dump': 'mariadb-client',
}

async function programsOf(...names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found: [string, string][] = []
  for (const name of names) {
    const remedy = `This test needs ${name}: put it on the PATH.`
    const program: ServerProgram = { names: [name], package: packages[name] ?? name, remedy }
    found.push([name, await installedProgram(program)])
  }
  return Object.fromEntries(found)
}
