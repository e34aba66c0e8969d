import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { sqlite } from '../../src/drivers/sqlite/index.js'
import { ddl } from '../../src/drivers/sqlite/schema.js'
import { creation, file, folder, now, opened, unopened } from './sqlite-fixture.js'

const spaceOptions = { endGraceMs: 0 }
const reseal = { from: 'seal', to: 'other', replaced: '' }
const unusable = (reason: RegExp) => ({ code: 'STORAGE_UNUSABLE', message: expect.stringMatching(reason) })

/** Runs statements on the file, as its operator would with another program. */
function run(directory: string, ...statements: readonly string[]): void {
  const database = new Database(join(directory, file))
  for (const statement of statements) database.exec(statement)
  database.close()
}

function schemaOf(directory: string): unknown[] {
  const database = new Database(join(directory, file))
  onTestFinished(() => void database.close())
  return database.prepare('select type, name, sql from sqlite_schema order by name').raw().all([])
}

describe('the tables of an SQLite file', () => {
  it('are created by several drivers at once', async () => {
    const directory = await folder(onTestFinished)
    const drivers = await Promise.all([1, 2, 3].map(() => opened(directory)))
    await Promise.all(drivers.map((driver) => driver.prepare?.(['a', 'b'])))
    const saves = drivers.map((driver) => driver.space('a', spaceOptions).save(creation('x'), { now }))
    const statuses = (await Promise.all(saves)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual(['exists', 'exists', 'saved'])
    await Promise.all(drivers.map((driver) => driver.close()))
  })

  it('are those of the printed statements, with which `migrate: check` starts', async () => {
    const [printed, created] = [await folder(onTestFinished), await folder(onTestFinished)]
    run(printed, ddl())
    const driver = await opened(printed, { migrate: 'check' })
    await driver.prepare?.(['s'])
    expect(await driver.space('s', spaceOptions).save(creation('a'), { now })).toMatchObject({ status: 'saved' })
    await driver.close()
    await (await opened(created)).close()
    const withoutComments = (rows: unknown[]) => JSON.stringify(rows).replace(/--.*?\\n/g, '')
    expect(withoutComments(schemaOf(printed))).toBe(withoutComments(schemaOf(created)))
  })

  it('are not created under `migrate: check`', async () => {
    const directory = await folder(onTestFinished)
    const opening = async () => (await unopened(directory, { migrate: 'check' })).open()
    await expect(opening()).rejects.toMatchObject(unusable(/does not exist.*koa-scopes schema --sql sqlite/))
    expect(existsSync(join(directory, file))).toBe(false)
    run(directory, 'pragma user_version = 0')
    await expect(opening()).rejects.toMatchObject(unusable(/no tables yet.*koa-scopes schema --sql sqlite/))
  })

  it('of a newer version are refused', async () => {
    const directory = await folder(onTestFinished)
    await (await opened(directory)).close()
    run(directory, "update meta set value = '3' where key = 'schema'")
    await expect(opened(directory)).rejects.toMatchObject(unusable(/version 3.*knows version 2.*a later one/))
  })

  it('of version 1 are brought to this version, unless `migrate: check` forbids it', async () => {
    const directory = await folder(onTestFinished)
    const old = ddl().replace('  description text,\n', '').replace("'schema', '2'", "'schema', '1'")
    run(directory, old)
    run(directory, "insert into spaces (name, open_records) values ('scopes:s', 1)")
    run(
      directory,
      `insert into records (space, id, version, created_at, touched_at, hits, seal, attempt) values (1, 'old', '1', ${now}, ${now}, 1, 's', 0)`,
    )
    const opening = async () => (await unopened(directory, { migrate: 'check' })).open()
    await expect(opening()).rejects.toMatchObject(unusable(/version 1.*alter table records add column description/))
    const drivers = await Promise.all([unopened(directory), unopened(directory)])
    for (const driver of drivers) await driver.open()
    const space = drivers[0]?.space('s', spaceOptions)
    const change = { mode: 'update', id: 'old', version: '2', description: 'laptop' } as const
    expect(await space?.load('old', { now })).toMatchObject({ record: { hits: 1, description: null } })
    expect(await space?.save(change, { now })).toMatchObject({ status: 'saved' })
    expect(await space?.load('old', { now })).toMatchObject({ record: { description: 'laptop' } })
    await Promise.all(drivers.map((driver) => driver.close()))
    await (await opened(directory, { migrate: 'check' })).close()
  })

  it('with columns that a newer version has added keep them', async () => {
    const directory = await folder(onTestFinished)
    const first = await opened(directory)
    await first.space('s', spaceOptions).save(creation('a'), { now })
    await first.close()
    run(directory, 'alter table records add column device text', 'create table later (x text) strict')
    run(directory, "update records set device = 'laptop'")
    const driver = await opened(directory)
    const space = driver.space('s', spaceOptions)
    expect(await space.load('a', { now, touch: { touchedAt: now + 1 } })).toMatchObject({ status: 'loaded' })
    const change = { mode: 'update', id: 'a', version: '2', principal: 'ada', reseal } as const
    expect(await space.save(change, { now })).toMatchObject({ status: 'saved' })
    expect(await space.save(creation('b'), { now })).toMatchObject({ status: 'saved' })
    await driver.close()
    const database = new Database(join(directory, file))
    onTestFinished(() => void database.close())
    const devices = database.prepare('select id, device from records order by id').raw().all([])
    expect(devices).toEqual([
      ['a', 'laptop'],
      ['b', null],
    ])
  })

  it.each([
    ['create table users (id)'],
    ['create table meta (id)'],
    ["create table meta (key text, value text); insert into meta values ('owner', 'me')"],
  ])('of another program are refused and left as they are: %s', async (statement) => {
    const directory = await folder(onTestFinished)
    run(directory, statement)
    const before = schemaOf(directory)
    await expect(opened(directory)).rejects.toMatchObject(unusable(/tables of another program.*a file of its own/))
    expect(schemaOf(directory)).toEqual(before)
  })
})

describe('the options of the driver sqlite', () => {
  it.each([
    [{}, 'path'],
    [{ path: '' }, 'path'],
    [{ path: ':memory:' }, 'is no file'],
    [{ path: 'x', durability: 'full' }, 'durability'],
    [{ path: 'x', migrate: 'never' }, 'migrate'],
    [{ path: 'x', prefix: 'a b' }, 'a prefix has at most 64 letters'],
    [{ path: 'x', maxBytes: '10kb' }, 'less than 1mb'],
    [{ path: 'x', maxBytes: 'much' }, 'maxBytes'],
    [{ path: 'x', file: 'x' }, 'file'],
  ])('%j: is refused', (options, reason) => {
    const result = sqlite.options.safeParse(options)
    expect(JSON.stringify(result.error?.issues)).toContain(reason)
  })

  it('have defaults', () => {
    const defaults = { prefix: 'scopes:', migrate: 'auto', durability: 'commit' }
    expect(sqlite.options.parse({ path: 'x' })).toEqual({ path: 'x', ...defaults })
  })
})

describe('the client of the driver sqlite', () => {
  it('is asked for when it is not installed', async () => {
    vi.doMock('libsql', () => {
      throw new Error("Cannot find package 'libsql'")
    })
    onTestFinished(() => {
      vi.doUnmock('libsql')
    })
    await expect(unopened('/')).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: 'Run: npm install libsql',
    })
  })
})
