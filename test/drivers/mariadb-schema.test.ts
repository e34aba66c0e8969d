import { afterAll, describe, expect, it } from 'vitest'
import { ddl } from '../../src/drivers/mariadb/schema.js'
import { attributes, textsOf } from '../../src/testing/suite/test-space.js'
import { startMariadb } from '../support/mariadb-server.js'
import { emptySpace, openMariadb } from './mariadb-fixture.js'

const server = await startMariadb()
afterAll(() => server.stop())
const { url, port } = server

const tablesOf = async (beginning: string) =>
  (
    await server.sql<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'scopes' and table_name like '${beginning}%' order by 1`,
    )
  ).map(({ name }) => name.slice(beginning.length))

describe('the tables of the driver mariadb', () => {
  it('are created by several nodes that start at once', async () => {
    const starts = Array.from({ length: 4 }, () => emptySpace({ url, tables: 'many_', prefix: 'many:' }))
    const spaces = await Promise.all(starts)
    expect(await tablesOf('many_')).toEqual(['attributes', 'meta', 'objects', 'records', 'spaces'])
    const created = await Promise.all(spaces.map((space) => space.create('a')))
    expect(created.map(({ status }) => status).sort()).toEqual(['exists', 'exists', 'exists', 'saved'])
  })

  it('are not created with migrate: check', async () => {
    await expect(openMariadb({ url, tables: 'check_', migrate: 'check' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: expect.stringContaining('koa-scopes schema --sql mariadb'),
    })
    expect(await tablesOf('check_')).toEqual([])
  })

  it('may be made by hand, from the printed statements, for a user of least rights', async () => {
    for (const statement of ddl({ tables: 'least_' }).split(/;\n/)) if (statement.trim()) await server.sql(statement)
    await server.sql("create or replace user least@'%'")
    for (const table of await tablesOf('least_'))
      await server.sql(`grant select, insert, update, delete on scopes.least_${table} to least`)
    const space = await emptySpace({ port, database: 'scopes', username: 'least', tables: 'least_', migrate: 'check' })
    await space.create('a', { set: attributes({ cart: '1' }) })
    expect(textsOf(await space.stored('a'))).toEqual([['cart', '1']])
  })

  it('of a newer version are refused', async () => {
    await openMariadb({ url, tables: 'newer_' })
    await server.sql("update newer_meta set value = '3'")
    await expect(openMariadb({ url, tables: 'newer_' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('version 3'),
    })
  })

  it('of version 1 are brought to this version, also by several nodes at once, unless migrate: check forbids it', async () => {
    const old = ddl({ tables: 'old_' })
      .replace('  description varbinary(1024),\n', '')
      .replace("'version', '2'", "'version', '1'")
    for (const statement of old.split(/;\n/)) if (statement.trim()) await server.sql(statement)
    await server.sql("insert into old_spaces (prefix, name) values ('old:', 'shop:session')")
    await server.sql(
      "insert into old_records (space, id, version, created_at, touched_at, hits, seal) values (1, 'a', 'v1', 0, 0, 1, 's')",
    )
    await expect(openMariadb({ url, tables: 'old_', migrate: 'check' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: expect.stringContaining('alter table `old_records` add column description'),
    })
    const opened = Array.from({ length: 3 }, () => emptySpace({ url, tables: 'old_', prefix: 'old:' }))
    const [space] = await Promise.all(opened)
    expect(await space?.stored('a')).toMatchObject({ hits: 1, description: null })
    await space?.update('a', { description: 'laptop' })
    expect(await space?.stored('a')).toMatchObject({ description: 'laptop' })
    await openMariadb({ url, tables: 'old_', migrate: 'check' })
  })

  it('are brought to this version by the node after one that ended halfway', async () => {
    await openMariadb({ url, tables: 'halfway_' })
    await server.sql("update halfway_meta set value = '1'")
    await openMariadb({ url, tables: 'halfway_' })
    expect(await server.sql('select value from halfway_meta')).toMatchObject([{ value: Buffer.from('2') }])
  })

  it('are shared by environments that see nothing of each other', async () => {
    const [one, other] = [await emptySpace({ url, prefix: 'one' }), await emptySpace({ url, prefix: 'other' })]
    await one.create('a', { set: attributes({ cart: '1' }) })
    expect(await other.load('a')).toEqual({ status: 'missing' })
    expect(await other.count()).toBe(0)
    await one.driver.objects?.('pages').set('key', Buffer.from('1'), { now: one.now, ttlMs: null })
    expect(await other.driver.objects?.('pages').get('key', { now: one.now })).toBe(undefined)
  })

  it('have an index that touches and ordinary saves do not write', async () => {
    const space = await emptySpace({ url, prefix: 'touched:' })
    await space.create('a', { set: attributes({ cart: '1' }) })
    const indexed = () =>
      server.sql(
        "select wake_at, principal from scopes_records r join scopes_spaces s on s.id = r.space where s.prefix = 'touched:'",
      )
    const before = await indexed()
    space.pass(60_000)
    await space.load('a', { touch: { touchedAt: space.now, hits: 1 } })
    await space.update('a', { set: attributes({ cart: '2' }), touch: { touchedAt: space.now, hits: 1 } })
    expect(await space.stored('a')).toMatchObject({ touchedAt: space.now, hits: 2 })
    expect(await indexed()).toEqual(before)
  })

  it('are told of by health', async () => {
    const { details, warnings, storeTime } = await (await openMariadb({ url })).health({ now: Date.now() })
    expect(details).toMatchObject({
      product: 'mariadb',
      flushLogAtCommit: 0,
      galera: false,
      maxAllowedPacket: 16_777_216,
    })
    expect(warnings).toEqual([expect.stringContaining('innodb_flush_log_at_trx_commit is 0')])
    expect(Math.abs((storeTime ?? 0) - Date.now())).toBeLessThan(5_000)
  })
})
