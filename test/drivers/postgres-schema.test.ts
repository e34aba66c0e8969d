import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { ddl } from '../../src/drivers/postgres/schema.js'
import { attributes, life, textsOf } from '../../src/testing/suite/test-space.js'
import { startPostgres } from '../support/postgres-server.js'
import { emptySpace, openPostgres } from './postgres-fixture.js'

const server = await startPostgres()
afterAll(() => server.stop())
const { url, port } = server
const database = 'postgres'

const tablesOf = async (schema: string) =>
  (
    await server.sql<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = '${schema}' order by 1`,
    )
  ).map(({ name }) => name)

describe('the tables of the driver postgres', () => {
  it('are created by several nodes that start at once', async () => {
    const starts = Array.from({ length: 4 }, () => emptySpace({ url, schema: 'many', prefix: 'many:' }))
    const spaces = await Promise.all(starts)
    expect(await tablesOf('many')).toEqual(['attributes', 'meta', 'objects', 'records', 'spaces'])
    const created = await Promise.all(spaces.map((space) => space.create('a')))
    expect(created.map(({ status }) => status).sort()).toEqual(['exists', 'exists', 'exists', 'saved'])
  })

  it('are not created with migrate: check, which accepts them once they are there', async () => {
    const options = { url, schema: 'checked', migrate: 'check' }
    await expect(openPostgres(options)).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: expect.stringContaining('koa-scopes schema --sql postgres'),
    })
    expect(await tablesOf('checked')).toEqual([])
    await server.sql(ddl({ schema: 'checked' }))
    await server.sql(ddl({ schema: 'checked' })) // which may be run again
    await openPostgres(options)
  })

  it('may be made by hand, from the printed statements, for a role of least rights', async () => {
    await server.sql(ddl({ schema: 'least' }))
    await server.sql('create role least login')
    await server.sql('grant usage on schema least to least')
    await server.sql('grant select, insert, update, delete on all tables in schema least to least')
    await server.sql('grant usage on all sequences in schema least to least')
    const space = await emptySpace({ port, database, username: 'least', schema: 'least', migrate: 'check' })
    const { space: calls, driver } = space
    const stop = await calls.watch?.({ onChange() {}, onGap() {} })
    await space.create('a', { set: attributes({ cart: '1', more: '2' }), principal: 'ada' })
    await space.load('a', { touch: { touchedAt: space.now, hits: 1 } })
    await space.update('a', { set: attributes({ cart: '2' }), unset: ['more'] })
    expect(textsOf(await space.stored('a'))).toEqual([['cart', '2']])
    expect(await calls.lock?.('a', { now: space.now, token: 'holder', leaseMs: 1_000 })).toBe('taken')
    expect(await calls.unlock?.('a', { now: space.now, token: 'holder' })).toBe(true)
    expect([await space.ids(), await space.ids({ principal: 'ada' }), await space.count()]).toEqual([['a'], ['a'], 1])
    const objects = driver.objects?.('pages')
    await objects?.set('key', Buffer.from('1'), { now: space.now, ttlMs: 1 })
    await objects?.set('other', Buffer.from('1'), { now: space.now + 5, ttlMs: 1 })
    await objects?.delete('other', { now: space.now })
    await objects?.clear({ now: space.now })
    space.pass(life.idleMs)
    const claims = await space.claim()
    expect([await space.renew(claims), await space.settle(claims)]).toEqual([['a'], ['a']])
    expect((await driver.health({ now: space.now })).details.bytes).toBeGreaterThan(0)
    await stop?.()
  })

  it('are those of the documentation', async () => {
    const documentation = await readFile(new URL('../../docs/drivers/postgres.md', import.meta.url), 'utf8')
    expect(documentation).toContain(`\n\`\`\`sql\n${ddl({ schema: 'scopes' })}\n\`\`\``)
  })

  it('of a newer version are refused', async () => {
    await openPostgres({ url, schema: 'newer' })
    await server.sql("update newer.meta set value = '3'")
    await expect(openPostgres({ url, schema: 'newer' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('version 3'),
    })
  })

  it('of version 1 are brought to this version, also by several nodes at once, unless migrate: check forbids it', async () => {
    const old = ddl({ schema: 'old' }).replace('  description bytea,\n', '').replace("'schema', '2'", "'schema', '1'")
    await server.sql(old)
    await server.sql("insert into old.spaces (prefix, name) values ('old:', 'shop:session')")
    await server.sql(
      "insert into old.records (space, id, version, created_at, touched_at, hits, seal) values (1, 'a', 'v1', 0, 0, 1, 's')",
    )
    const checked = { url, schema: 'old', migrate: 'check' }
    await expect(openPostgres(checked)).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: expect.stringContaining('alter table "old".records add column if not exists description'),
    })
    const opened = Array.from({ length: 3 }, () => emptySpace({ url, schema: 'old', prefix: 'old:' }))
    const [space] = await Promise.all(opened)
    expect(await space?.stored('a')).toMatchObject({ hits: 1, description: null })
    await space?.update('a', { description: 'laptop' })
    expect(await space?.stored('a')).toMatchObject({ description: 'laptop' })
    await openPostgres(checked)
  })

  it.each([
    ['meta', 'create table foreigner.meta (key text, data text)'],
    ['records', 'create table foreigner.records (number integer)'],
    ['meta of the same columns', 'create table foreigner.meta (name text primary key, value text not null)'],
  ])('of another program are refused: %s', async (_, table) => {
    await server.sql(`drop schema if exists foreigner cascade; create schema foreigner; ${table}`)
    const before = await tablesOf('foreigner')
    await expect(openPostgres({ url, schema: 'foreigner' })).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' })
    expect(await tablesOf('foreigner')).toEqual(before)
  })

  it.each([
    ['prefixes', { prefix: 'one:' }, { prefix: 'other:' }],
    ['schemas', { prefix: 'same:', schema: 'one' }, { prefix: 'same:', schema: 'other' }],
  ])('are used by environments of two %s that see nothing of each other', async (_, mine, theirs) => {
    const [one, other] = [await emptySpace({ url, ...mine }), await emptySpace({ url, ...theirs })]
    await one.create('a', { set: attributes({ cart: '1' }) })
    expect(await other.load('a')).toEqual({ status: 'missing' })
    expect([await other.count(), await other.ids()]).toEqual([0, []])
    const at = { now: one.now }
    await one.driver.objects?.('pages').set('key', Buffer.from('1'), { ...at, ttlMs: null })
    expect(await other.driver.objects?.('pages').get('key', at)).toBe(undefined)
  })

  it('have indexes that touches and ordinary saves do not write', async () => {
    const space = await emptySpace({ url, schema: 'touched' })
    await space.create('a', { set: attributes({ cart: '1' }), principal: 'ada' })
    // An update that the server counts as HOT has written no index.
    const updates = async () => {
      const [counted] = await server.sql<{ all: number; hot: number }>(
        "select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_user_tables where schemaname = 'touched' and relname = 'records'",
      )
      return counted
    }
    for (let visit = 0; visit < 20; visit += 1) {
      space.pass(1_000)
      await space.load('a', { touch: { touchedAt: space.now, hits: 1 } })
      await space.update('a', { set: attributes({ cart: `${visit}` }), touch: { touchedAt: space.now, hits: 1 } })
    }
    expect(await space.stored('a')).toMatchObject({ touchedAt: space.now, hits: 40 })
    await space.driver.close()
    await expect.poll(updates, { timeout: 20_000 }).toEqual({ all: 40, hot: 40 })
  })

  it('are described by health, which warns of settings that can lose what was acknowledged', async () => {
    const { details, warnings, storeTime } = await (await openPostgres({ url })).health({ now: Date.now() })
    expect(details).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/),
      connections: 1,
      maxConnections: 500,
      synchronousCommit: 'off',
      pooler: 'none',
    })
    expect(details.bytes).toBeGreaterThan(10_000)
    expect(warnings).toEqual([
      expect.stringContaining('fsync is off'),
      expect.stringContaining('full_page_writes is off'),
      expect.stringContaining('synchronous_commit is off'),
    ])
    expect(Math.abs((storeTime ?? 0) - Date.now())).toBeLessThan(5_000)
  })
})
