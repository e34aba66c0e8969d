import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withFolder } from '../support/container.js'
import { type PostgresServer, startPostgres } from '../support/postgres-server.js'
import { patience, testAskedPasswords } from './asked-passwords.js'
import { emptySpace, openPostgres } from './postgres-fixture.js'

let server: PostgresServer
const at = () => ({ host: '127.0.0.1', port: server.port, database: 'postgres', username: 'shop' })

beforeAll(async () => {
  server = await startPostgres()
  await server.sql("create role shop login password 'first'")
  await server.sql('grant create on database postgres to shop')
  const rules = `${server.folder}/data/pg_hba.conf`
  await writeFile(rules, `host all shop all scram-sha-256\n${await readFile(rules, 'utf8')}`)
  await server.sql('select pg_reload_conf()')
})
afterAll(() => server.stop())

/** Gives the role another password, and ends its connections. */
async function changeTo(password: string): Promise<void> {
  await server.sql(`alter role shop password '${password}'`)
  await server.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shop'")
}

describe('the password of PostgreSQL', () => {
  test('may change in its file while a node is connected: the node goes on with the new one', () =>
    withFolder(async (folder) => {
      await changeTo('first')
      const passwordFile = join(folder, 'password')
      await writeFile(passwordFile, 'first\n')
      const space = await emptySpace({ ...at(), passwordFile })
      const gap = vi.fn()
      const stop = await space.space.watch?.({ onChange() {}, onGap: gap })
      expect(await space.create('a')).toMatchObject({ status: 'saved' })
      await writeFile(passwordFile, 'second\n')
      await changeTo('second')
      await vi.waitFor(async () => expect(await space.create('b')).toMatchObject({ status: 'saved' }), patience)
      // The connection for notices is made anew too.
      await vi.waitFor(() => expect(gap).toHaveBeenCalled(), patience)
      await stop?.()
    }))

  testAskedPasswords({
    changeTo,
    space: (password) => emptySpace({ ...at(), password }),
    open: (password) => openPostgres({ ...at(), password }),
  })

  test('that is wrong fails the start, and is in no message', async () => {
    const error = await openPostgres({ ...at(), password: () => 'wrong-one' }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE', remedy: 'Correct the user and its password.' })
    expect(JSON.stringify([error, error.cause, error.message])).not.toContain('wrong-one')
  })
})
