import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { deadlineOf } from '../support/deadline.js'
import { bytes, creation, folder, now, opened } from './lmdb-fixture.js'

const spaceOptions = { endGraceMs: 0 }

async function store(options?: object) {
  const directory = await folder(onTestFinished)
  const driver = await opened(directory, options)
  onTestFinished(() => driver.close())
  return { directory, driver, space: driver.space('shop:session', spaceOptions) }
}

describe('the folder of an LMDB store', () => {
  it('is looked for next to the configuration file and made with its parents, for its owner only', async () => {
    const { directory } = await store({ path: './var/data.d' })
    const { mode } = await stat(join(directory, 'var/data.d'))
    expect(mode & 0o777).toBe(0o700)
    await stat(join(directory, 'var/data.d/data.mdb'))
  })

  it('keeps what was acknowledged for the next driver', async () => {
    const directory = await folder(onTestFinished)
    for (const status of ['saved', 'exists']) {
      const driver = await opened(directory)
      expect(await driver.space('s', spaceOptions).save(creation('a'), { now })).toMatchObject({ status })
      await driver.close()
    }
  })

  it('can be opened while another driver of the same process is writing', async () => {
    const { directory, driver, space } = await store()
    const saving = space.save(creation('a'), { now })
    await new Promise(setImmediate)
    const other = await opened(directory)
    await saving
    expect(await other.space('shop:session', spaceOptions).load('a', { now })).toMatchObject({ status: 'loaded' })
    await other.close()
    expect(await driver.space('shop:session', spaceOptions).count({ now })).toBe(1)
  })

  it('is not shared by caches of one process that want different durability', async () => {
    const { directory } = await store()
    await expect(opened(directory, { durability: 'disk' })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
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
})

describe('a write', () => {
  it('that fails leaves nothing behind and does not touch the others of its transaction', async () => {
    const { space } = await store()
    const tooLong = creation('b', {
      set: new Map([
        ['fits', bytes(1)],
        ['n'.repeat(2000), bytes(1)],
      ]),
    })
    const results = await Promise.allSettled([
      space.save(creation('a'), { now }),
      space.save(tooLong, { now }),
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
    await driver.close()
    const space = driver.space('s', spaceOptions)
    await expect(space.save(creation('a'), { now })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await expect(space.load('a', { now })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  })

  it('is acknowledged under durability: disk as well', async () => {
    const { space } = await store({ durability: 'disk' })
    const saves = ['a', 'b', 'c'].map((id) => space.save(creation(id), { now }))
    expect(await Promise.all(saves)).toHaveLength(3)
    expect(await space.count({ now })).toBe(3)
  })
})

describe('maxBytes', () => {
  const maxBytes = 2 ** 20
  const big = (id: string) => creation(id, { set: new Map([['value', bytes(200_000)]]) })

  it('refuses what would add content beyond it, and nothing else', async () => {
    const { driver, space } = await store({ maxBytes })
    const fill = async (id: number): Promise<number> => {
      const refusal = await space.save(big(`${id}`), { now }).then(
        () => undefined,
        (error) => error,
      )
      if (refusal) expect(refusal).toMatchObject({ code: 'STORAGE_FULL' })
      return refusal ? id : fill(id + 1)
    }
    const held = await fill(0)
    expect(held).toBe(5)
    expect((await driver.health({ now })).warnings).toHaveLength(1)
    expect(await space.load('0', { now, touch: { touchedAt: now + 1 } })).toMatchObject({ status: 'loaded' })
    expect(await space.save({ mode: 'update', id: '0', version: '2', ending: 'logout' }, { now })).toMatchObject({
      status: 'saved',
    })
    expect(await space.settle(await space.claimExpired({ now, limit: 1, leaseMs: 1 }), { now })).toEqual(['0'])
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
