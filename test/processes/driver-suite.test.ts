import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as vitest from 'vitest'
import { describe, expect, it } from 'vitest'
import { lmdb } from '../../src/drivers/lmdb/index.js'
import { sqlite } from '../../src/drivers/sqlite/index.js'
import { driverSuite, remoteDriver } from '../../src/testing/index.js'
import { attributes, bytes, start, TestSpace } from '../../src/testing/suite/test-space.js'
import { forkProgram } from '../support/program.js'

const worker = new URL('served-driver.ts', import.meta.url)
const serve = (name: string, options: object, silent = false) =>
  forkProgram(worker, [name, JSON.stringify(options)], { serialization: 'advanced', silent })

for (const definition of [lmdb, sqlite]) {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-suite-'))
  const options = { path: join(folder, 'store') }
  driverSuite(vitest, {
    definition,
    options,
    otherProcess: () => remoteDriver(serve(definition.name, options)),
    remove: () => rm(folder, { recursive: true }),
  })
}

describe('a driver served by another process', () => {
  it('answers, fails and ends as a driver does', async () => {
    const child = serve('memory', { maxBytes: 2000 })
    const driver = await remoteDriver(child)
    const space = new TestSpace('s', driver)
    await space.create('a', { set: new Map([['__proto__', Uint8Array.of(0, 255)]]) })
    expect((await space.stored('a')).attributes).toEqual(new Map([['__proto__', Uint8Array.of(0, 255)]]))
    const objects = driver.objects?.('o')
    await objects?.set('key', bytes('1'), { now: start, ttlMs: null })
    expect(await objects?.get('key', { now: start })).toEqual(bytes('1'))
    const giant = space.create('b', { set: attributes({ text: 'x'.repeat(2000) }) })
    await expect(giant).rejects.toMatchObject({
      name: 'StorageError',
      code: 'STORAGE_FULL',
      details: { cache: 'served' },
    })
    expect((await driver.health({ now: start })).details).toMatchObject({ entries: 2 })
    await driver.close()
    expect(child.exitCode).toBe(0)
  })

  it('fails every call under way when its process dies', async () => {
    const child = serve('memory', {})
    const driver = await remoteDriver(child)
    child.kill('SIGSTOP')
    const answer = new TestSpace('s', driver).load('a')
    child.kill('SIGKILL')
    await expect(answer).rejects.toThrow('The child process has ended')
  })

  it('says so when it could not be opened', async () => {
    const child = serve('lmdb', { path: '/dev/null/not-a-folder' }, true)
    await expect(remoteDriver(child)).rejects.toThrow('before it served a driver')
    if (child.exitCode === null) await once(child, 'exit')
  })
})
