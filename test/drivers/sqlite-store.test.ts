import { execFileSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'libsql'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sql } from '../../src/drivers/sqlite/sql.js'
import { deadlineOf } from '../support/deadline.js'
import { bytes, creation, file, folder, now, opened, remove } from './sqlite-fixture.js'

const spaceOptions = { endGraceMs: 0 }

async function store(options?: object) {
  const directory = await folder(onTestFinished)
  const driver = await opened(directory, options)
  onTestFinished(() => driver.close())
  return { directory, driver, space: driver.space('shop:session', spaceOptions) }
}

/** A connection of another program to the file. */
function otherProgram(directory: string) {
  const database = new Database(join(directory, file))
  onTestFinished(() => void database.close())
  return database
}

describe('the file of an SQLite store', () => {
  it('is looked for next to the configuration file and made with its folder, for its owner only', async () => {
    const { directory } = await store({ path: './var/data.d/x.db' })
    const modes = ['', '/x.db', '/x.db-wal', '/x.db-shm'].map(async (path) => {
      const { mode } = await stat(join(directory, 'var/data.d') + path)
      return mode & 0o777
    })
    expect(await Promise.all(modes)).toEqual([0o700, 0o600, 0o600, 0o600])
  })

  it('may have a name that means something to URLs and SQL', async () => {
    const { directory } = await store({ path: "file:a?mode=memory&b'%20#.db" })
    await stat(join(directory, "file:a?mode=memory&b'%20#.db"))
  })

  it('keeps what was acknowledged for the next driver, with nothing left in the log', async () => {
    const directory = await folder(onTestFinished)
    for (const status of ['saved', 'exists']) {
      const driver = await opened(directory)
      expect(await driver.space('s', spaceOptions).save(creation('a'), { now })).toMatchObject({ status })
      await driver.close()
      expect((await stat(join(directory, `${file}-wal`))).size).toBe(0)
    }
  })

  it('is shared by drivers of one process, also with other durability', async () => {
    const { directory, space } = await store()
    const other = await opened(directory, { durability: 'disk' })
    onTestFinished(() => other.close())
    const others = other.space('shop:session', spaceOptions)
    const saves = [...Array(100).keys()].map((n) => (n % 2 ? space : others).save(creation(`${n}`), { now }))
    await Promise.all(saves)
    expect([await space.count({ now }), await others.count({ now })]).toEqual([100, 100])
  })

  it('can be opened again while it is being closed', async () => {
    const directory = await folder(onTestFinished)
    const first = await opened(directory)
    const saving = first.space('s', spaceOptions).save(creation('a'), { now })
    const [second] = await Promise.all([opened(directory), first.close()])
    expect(await saving).toMatchObject({ status: 'saved' })
    expect(await second.space('s', spaceOptions).count({ now })).toBe(1)
    await second.close()
  })

  it('has nothing in common for two prefixes', async () => {
    const { directory, space } = await store()
    const other = await opened(directory, { prefix: 'staging:' })
    onTestFinished(() => other.close())
    await space.save(creation('a'), { now })
    expect(await other.space('shop:session', spaceOptions).save(creation('a'), { now })).toMatchObject({
      status: 'saved',
    })
    await remove(space, 'a')
    expect(await other.space('shop:session', spaceOptions).count({ now })).toBe(1)
  })

  it('shows texts to other programs as they are', async () => {
    const { directory, space } = await store()
    await space.save(creation('ada', { principal: 'ada@example.com', set: new Map([['cart', bytes(3)]]) }), { now })
    const sql = 'select id, principal, name, hex(value) from records join attributes on record = rid'
    expect(otherProgram(directory).prepare(sql).raw().all()).toEqual([['ada', 'ada@example.com', 'cart', '010101']])
  })
})

describe('a write', () => {
  it('that fails leaves nothing behind and does not touch the others of its transaction', async () => {
    const { space } = await store()
    const impossible = creation('b', {
      set: new Map([
        ['fits', bytes(1)],
        ['no bytes', null as unknown as Uint8Array],
      ]),
    })
    const results = await Promise.allSettled([
      space.save(creation('a'), { now }),
      space.save(impossible, { now }),
      space.save(creation('c'), { now }),
    ])
    expect(results).toMatchObject([
      { value: { status: 'saved' } },
      { reason: { code: 'STORAGE_FAILED' } },
      { value: { status: 'saved' } },
    ])
    expect(await space.count({ now })).toBe(2)
    expect(await space.load('b', { now })).toEqual({ status: 'missing' })
  })

  it('is not applied once its caller has given up', async () => {
    const { space } = await store()
    const caller = new AbortController()
    const saving = space.save(creation('a'), { now, deadline: deadlineOf(caller.signal, 1_000) })
    caller.abort(new Error('deadline'))
    await expect(saving).rejects.toThrow('deadline')
    expect(await space.load('a', { now })).toEqual({ status: 'missing' })
  })

  it('to a driver that is closed is refused', async () => {
    const driver = await opened(await folder(onTestFinished))
    const space = driver.space('s', spaceOptions)
    await space.save(creation('a'), { now })
    await driver.close()
    await expect(space.save(creation('a'), { now })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await expect(space.load('a', { now })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await expect(driver.health({ now })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  })

  it('is acknowledged under durability: disk as well', async () => {
    const { space } = await store({ durability: 'disk' })
    const saves = ['a', 'b', 'c'].map((id) => space.save(creation(id), { now }))
    expect(await Promise.all(saves)).toHaveLength(3)
    expect(await space.count({ now })).toBe(3)
  })
})

describe('while another program keeps the file busy', () => {
  async function busyStore() {
    const { directory, space, driver } = await store()
    await space.save(creation('a'), { now })
    const other = otherProgram(directory)
    other.exec('begin immediate')
    return { space, driver, free: () => other.exec('rollback') }
  }

  /** A write is attempted at the end of its turn of the event loop. */
  const attempted = async () => {
    for (const _ of [1, 2]) await new Promise(setImmediate)
  }

  it('a read does not wait, and the event loop goes on', async () => {
    const { space, free } = await busyStore()
    const saving = space.save(creation('b'), { now })
    await attempted()
    expect(await space.load('a', { now })).toMatchObject({ status: 'loaded' })
    expect(await space.load('b', { now })).toEqual({ status: 'missing' })
    free()
    expect(await saving).toMatchObject({ status: 'saved' })
  })

  it('a write waits for it, in the order given', async () => {
    const { space, free } = await busyStore()
    const update = (name: string) =>
      space.save({ mode: 'update', id: 'a', version: name, set: new Map([[name, bytes(1)]]) }, { now })
    const saving = [update('first')]
    await attempted()
    saving.push(update('second'))
    free()
    expect(await Promise.all(saving)).toEqual([
      { status: 'saved', previous: 'version of a' },
      { status: 'saved', previous: 'first' },
    ])
  })

  it('a write whose deadline passes ends, and is not applied later', async () => {
    const { space, free } = await busyStore()
    const caller = new AbortController()
    const saving = space.save(creation('late'), { now, deadline: deadlineOf(caller.signal, 1_000) })
    await attempted()
    caller.abort(new Error('deadline'))
    await expect(saving).rejects.toThrow('deadline')
    free()
    await space.save(creation('b'), { now })
    expect(await space.load('late', { now })).toEqual({ status: 'missing' })
  })
})

describe('maxBytes', () => {
  const maxBytes = 2 ** 20
  const big = (id: string) => creation(id, { set: new Map([['value', bytes(200_000)]]) })

  it('refuses what would add content beyond it, and nothing else', async () => {
    const { driver, space } = await store({ maxBytes })
    const ids = ['0', '1', '2', '3', '4', '5', '6']
    const results = await Promise.allSettled([
      ...ids.map((id) => space.save(big(id), { now })),
      space.save(creation('small'), { now }),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(5).fill('fulfilled'),
      ...Array(2).fill('rejected'),
      'fulfilled',
    ])
    expect(results[6]).toMatchObject({ reason: { code: 'STORAGE_FULL', message: expect.stringMatching(/1048576/) } })
    expect((await driver.health({ now })).warnings).toEqual([expect.stringMatching('raise maxBytes')])
    expect(await space.load('0', { now, touch: { touchedAt: now + 1 } })).toMatchObject({ status: 'loaded' })
    await remove(space, '0')
    expect(await space.save(big('another'), { now })).toMatchObject({ status: 'saved' })
  })

  it('holds for objects too, whose expired ones make room', async () => {
    const { driver } = await store({ maxBytes })
    const objects = driver.objects?.('pages')
    const set = (key: number, at: number) => objects?.set(`${key}`, bytes(200_000), { now: at, ttlMs: 10 })
    for (const key of [1, 2, 3, 4, 5]) await set(key, now)
    await expect(set(6, now)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    await set(6, now + 10)
    expect(await objects?.get('6', { now: now + 10 })).toHaveLength(200_000)
  })
})

describe('a claim', () => {
  it('passes over records that were visited since, so many at a time, and finds what is due behind them', async () => {
    const { space } = await store()
    const ids = [...Array(6_000).keys()].map(String)
    await Promise.all(ids.map((id) => space.save(creation(id), { now })))
    await Promise.all(ids.map((id) => space.load(id, { now, touch: { touchedAt: now + 30_000 } })))
    await space.save(creation('due', { touch: { touchedAt: now + 1 } }), { now })
    const options = { now: now + 60_001, limit: 10, leaseMs: 1_000 }
    const claims = [await space.claimExpired(options), await space.claimExpired(options)]
    expect(claims).toMatchObject([[], [{ record: { id: 'due' } }]])
    expect(await space.claimExpired(options)).toEqual([])
    expect(await space.count({ now: options.now })).toBe(6_000)
    expect(await space.claimExpired({ ...options, now: now + 90_000 })).toHaveLength(10)
  })
})

describe('a cost', () => {
  it('of all calls of one turn is one transaction', async () => {
    const { directory, space } = await store()
    const ids = [...Array(20).keys()].map(String)
    await Promise.all(ids.map((id) => space.save(creation(id), { now })))
    const before = commitsOf(directory)
    const touch = { touchedAt: now + 1, hits: 1 }
    await Promise.all([
      ...ids.map((id) => space.load(id, { now, touch })),
      ...ids.map((id) => space.save({ mode: 'update', id, version: 'v', set: new Map([['a', bytes(1)]]) }, { now })),
    ])
    // Saves go at once, loads after the read that finds their record.
    expect(commitsOf(directory) - before).toBeLessThanOrEqual(2)
    const written = commitsOf(directory)
    await Promise.all([space.load('none', { now, touch }), space.load('0', { now }), space.count({ now })])
    expect(commitsOf(directory)).toBe(written)
  })

  it('of a touch is no write to an index', async () => {
    const { directory } = await store()
    const other = otherProgram(directory)
    const rootOf = (name: string) =>
      other.prepare('select rootpage from sqlite_schema where name = ?').raw().get([name]) as number[]
    const writtenBy = (query: string) => {
      const steps = other
        .prepare(`explain ${sql(query).replace(/^--.*\n/gm, '')}`)
        .raw()
        .all([]) as unknown[][]
      return steps.filter(([, opcode]) => opcode === 'OpenWrite').map(([, , , root]) => root)
    }
    const [records] = rootOf('records')
    for (const query of ['touch', 'update', 'lease']) expect(writtenBy(query), query).toEqual([records])
    expect(writtenBy('wake')).toContain(rootOf('records_wake')[0])
  })
})

/**
 * The number of the last commit, which SQLite counts in the memory that processes share. Read by another process: if this
 * one closed the file, it would release its locks.
 */
function commitsOf(directory: string): number {
  const memory = join(directory, `${file}-shm`)
  return Number(execFileSync('od', ['-An', '-tu4', '-j8', '-N4', memory], { encoding: 'utf8' }))
}
