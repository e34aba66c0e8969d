import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withFolder } from '../support/container.js'
import { type MariadbServer, startMariadb } from '../support/mariadb-server.js'
import { patience, testAskedPasswords } from './asked-passwords.js'
import { emptySpace, openMariadb } from './mariadb-fixture.js'

let server: MariadbServer
const at = () => ({ host: '127.0.0.1', port: server.port, database: 'scopes', username: 'shop' })

beforeAll(async () => {
  server = await startMariadb()
  await server.sql("create user shop identified by 'first'", 'grant all on scopes.* to shop')
})
afterAll(() => server.stop())

/** Gives the user another password, and ends its connections. */
const changeTo = (password: string) =>
  server.sql(`alter user shop identified by '${password}'`, "kill connection user 'shop'")

describe('the password of MariaDB', () => {
  test('may change in its file while a node is connected: the node goes on with the new one', () =>
    withFolder(async (folder) => {
      await changeTo('first')
      const passwordFile = join(folder, 'password')
      await writeFile(passwordFile, 'first\n')
      const space = await emptySpace({ ...at(), passwordFile })
      expect(await space.create('a')).toMatchObject({ status: 'saved' })
      await writeFile(passwordFile, 'second\n')
      await changeTo('second')
      await vi.waitFor(async () => expect(await space.create('b')).toMatchObject({ status: 'saved' }), patience)
    }))

  testAskedPasswords({
    changeTo,
    space: (password) => emptySpace({ ...at(), password }),
    open: (password) => openMariadb({ ...at(), password }),
  })

  test('that is wrong fails the start, and is in no message', async () => {
    const error = await openMariadb({ ...at(), password: () => 'wrong-one' }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE' })
    expect(JSON.stringify([error, error.cause, error.message])).not.toContain('wrong-one')
  })
})
