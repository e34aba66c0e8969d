import pg from 'pg'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { LoadOptions } from '../../src/storage/contract.js'
import { attributes, type TestSpace, textsOf } from '../../src/testing/suite/test-space.js'
import { startPostgres } from '../support/postgres-server.js'
import { emptySpace } from './postgres-fixture.js'

const server = await startPostgres()
afterAll(() => server.stop())

/** A call that has seen the record when another program changes it. */
async function callWhile<T>(schema: string, change: string, call: (space: TestSpace) => Promise<T>): Promise<T> {
  const space = await emptySpace({ url: server.url, schema })
  await space.create('a', { version: 'v1', seal: 's1', set: attributes({ cart: '1' }) })
  const other = new pg.Client(server.url)
  await other.connect()
  await other.query(`begin; set search_path to ${schema}; ${change}`)
  const answer = call(space)
  const waiting = () =>
    server.sql("select from pg_stat_activity where application_name = 'koa-scopes' and wait_event_type = 'Lock'")
  await vi.waitFor(async () => expect(await waiting()).toHaveLength(1), { interval: 10, timeout: 20_000 })
  await other.query('commit')
  await other.end()
  return answer
}

/** Loads with a touch. */
const loadWhile = (schema: string, change: string, options: Partial<LoadOptions> = {}) =>
  callWhile(schema, change, (space) => space.load('a', { touch: { touchedAt: space.now + 1, hits: 1 }, ...options }))

const lockWhile = (schema: string, change: string) =>
  callWhile(schema, change, async ({ space, now }) => space.lock?.('a', { now, token: 't1', leaseMs: 60_000 }))

const save = "update records set version = 'v2'; update attributes set value = '2'"

describe('a load from PostgreSQL that meets a change of the record', () => {
  it('gives head and attributes of one version', async () => {
    const result = await loadWhile('saved', save)
    expect(result).toMatchObject({ status: 'loaded', record: { version: 'v2', hits: 1 } })
    expect(result.status === 'loaded' && textsOf(result.record)).toEqual([['cart', '2']])
  })

  it('gives the attributes to a caller that holds the version before', async () => {
    const result = await loadWhile('outdated', save, { ifChangedSince: 'v1' })
    expect(result).toMatchObject({ status: 'loaded', record: { version: 'v2' } })
    expect(result.status === 'loaded' && textsOf(result.record)).toEqual([['cart', '2']])
  })

  it('gives none to a caller that holds the new version', async () => {
    expect(await loadWhile('held', save, { ifChangedSince: 'v2' })).toMatchObject({ status: 'unchanged', hits: 1 })
  })

  it('finds no record that was ended', async () => {
    expect(await loadWhile('ended', "update records set version = 'v2', ending = 'logout'")).toEqual({
      status: 'missing',
    })
  })

  it('refuses the seal from before', async () => {
    const reseal = "update records set version = 'v2', seal = 's2', replaced = 'after s1'"
    expect(await loadWhile('resealed', reseal, { seal: 's1' })).toEqual({ status: 'refused', replaced: 'after s1' })
  })
})

describe('a lock in PostgreSQL that meets a change of the record', () => {
  it('is not taken of a record that was claimed', async () => {
    expect(await lockWhile('claimed', "update records set claim_token = 'c'")).toBe('missing')
  })

  it('is not taken of a record that was ended', async () => {
    expect(await lockWhile('over', "update records set version = 'v2', ending = 'logout'")).toBe('missing')
  })

  it('is held if another took it', async () => {
    expect(await lockWhile('locked', "update records set lock_token = 't2', lock_until = 'infinity'")).toBe('held')
  })
})
