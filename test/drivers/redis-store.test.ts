import { afterAll, describe, expect, it } from 'vitest'
import { attributes, life, minute, start, textsOf } from '../../src/testing/suite/test-space.js'
import { redisCli, startRedis } from '../support/redis-server.js'
import { emptySpace, openRedis } from './redis-fixture.js'

const server = await startRedis()
const { url } = server
const cli = (...command: string[]) => redisCli(server.port, ...command)
afterAll(() => server.stop())

const grace = 7 * 24 * 60 * minute
const record = (prefix: string, id: string) => `{${prefix}shop:session:0}:${id}`

describe('what the driver redis stores', () => {
  it('is named by its prefix, one part of a key deciding on its slot', async () => {
    const space = await emptySpace({ url, prefix: 'named:' })
    await space.create('a', { principal: 'ada' })
    await space.space.lock?.('a', { now: start, token: 't', leaseMs: minute })
    await space.driver.objects?.('objects').set('key', Buffer.from('1'), { now: start, ttlMs: null })
    const digest = expect.stringMatching(/^named:shop:session@[\w-]{43}$/)
    expect((await cli('keys', '*named:*')).split('\n').sort()).toEqual([
      'named:layout',
      'named:objects!key',
      digest,
      '{named:shop:session:0}',
      '{named:shop:session:0}*',
      '{named:shop:session:0}:a',
    ])
  })

  it.each([-90_000, -0.25, 0, 1e-7, start + 0.125])('is found at the time %d, and not after its life', async (at) => {
    const { space } = await emptySpace({ url, prefix: 'times:' })
    const id = `at ${at}`
    await space.save({ mode: 'create', id, version: '1', seal: 's', life: { idleMs: 10, endsAt: null } }, { now: at })
    expect(await space.load(id, { now: at })).toMatchObject({ status: 'loaded' })
    expect(await space.load(id, { now: at + 10.5 })).toEqual({ status: 'missing' })
  })

  it('outlasts the life of a record by the time its end may take, counted from the last touch', async () => {
    const space = await emptySpace({ url, prefix: 'ttl:' })
    const ttl = async () => Number(await cli('pttl', record('ttl:', 'a')))
    await space.create('a')
    expect((await ttl()) / (life.idleMs + grace)).toBeCloseTo(1, 4)
    space.pass(10 * minute)
    await space.load('a', { touch: { touchedAt: space.now - 5 * minute } })
    expect((await ttl()) / (life.idleMs - 5 * minute + grace)).toBeCloseTo(1, 4)
    await space.update('a', { life: { idleMs: null } })
    expect(await ttl()).toBe(-1)
    await space.update('a', { ending: 'logout' })
    expect((await ttl()) / grace).toBeCloseTo(1, 4)
  })

  it('is gone when everything has ended', async () => {
    const space = await emptySpace({ url, prefix: 'gone:' })
    const ids = Array.from({ length: 50 }, (_, n) => `id-${n}`)
    await Promise.all(ids.map((id, n) => space.create(id, { principal: `user-${n}`, set: attributes({ cart: '1' }) })))
    await space.remove('id-0')
    await space.update('id-1', { ending: 'logout' })
    space.pass(life.idleMs)
    expect((await space.settle(await space.claim())).length).toBe(49)
    expect(await cli('keys', '*gone:*')).toBe('gone:layout')
  })

  it('is forgotten without an end when Redis has removed it by itself', async () => {
    const space = await emptySpace({ url, prefix: 'removed:' })
    await space.create('a')
    await cli('del', record('removed:', 'a'))
    expect([await space.load('a'), await space.ids()]).toEqual([{ status: 'missing' }, []])
    space.pass(life.idleMs)
    expect(await space.claim()).toEqual([])
    expect(await cli('keys', '*removed:*')).toBe('removed:layout')
  })

  it('may be damaged: a record that is not whole is missing, and ends without harm to others', async () => {
    const space = await emptySpace({ url, prefix: 'damaged:' })
    const damaged = ['headless', 'foreign', 'nonsense', 'cut', 'unsealed', 'timeless', 'unclaimable']
    for (const id of [...damaged, 'whole']) await space.create(id)
    const pack = (id: string, values: string) =>
      cli('eval', `redis.call('hset', KEYS[1], 'head', cmsgpack.pack(${values}))`, '1', record('damaged:', id))
    await cli('hdel', record('damaged:', 'headless'), 'head')
    await cli('hset', record('damaged:', 'nonsense'), 'head', 'of another program')
    const cut = `redis.call('hset', KEYS[1], 'head', string.sub(redis.call('hget', KEYS[1], 'head'), 1, 20))`
    await cli('eval', cut, '1', record('damaged:', 'cut'))
    await pack('unsealed', `'version', 1`)
    await pack('timeless', `'version', 'seal', 1, 1, 1, 'for ever'`)
    await pack('unclaimable', `'version', 'seal', 1, 1, 1, nil, 1e15, nil, nil, nil, nil, nil, nil, 'first'`)
    await cli('del', record('damaged:', 'foreign'))
    await cli('set', record('damaged:', 'foreign'), 'of another program')
    for (const id of damaged) {
      const touch = { touchedAt: space.now, hits: 1 }
      expect(await space.load(id, { touch })).toEqual({ status: 'missing' })
      expect(await space.update(id)).toEqual({ status: 'missing' })
    }
    expect(await space.ids()).toEqual(['whole'])
    space.pass(life.idleMs)
    expect((await space.claim()).map((claim) => claim.record.id)).toEqual(['whole'])
    expect(await space.claim()).toEqual([])
    expect(await cli('get', record('damaged:', 'foreign'))).toBe('of another program')
  })

  it('may be rolled back: a node that holds the version that was lost is given what is stored', async () => {
    const space = await emptySpace({ url, prefix: 'rolled:' })
    const whole = record('rolled:', 'a')
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    await cli('copy', whole, 'rolled:before')
    await space.update('a', { version: 'v2', set: attributes({ cart: '2' }) })
    await cli('copy', 'rolled:before', whole, 'replace')
    const result = await space.load('a', { ifChangedSince: 'v2' })
    expect(result).toMatchObject({ status: 'loaded', record: { version: 'v1' } })
  })

  it('is in as many buckets as the first said who used the prefix', async () => {
    const space = await emptySpace({ url, prefix: 'pinned:', buckets: 8 })
    await space.create('a', { set: attributes({ cart: '1' }) })
    const other = space.through(await openRedis({ url, prefix: 'pinned:' }))
    expect(textsOf(await other.stored('a'))).toEqual([['cart', '1']])
    await expect(openRedis({ url, prefix: 'pinned:', buckets: 4 })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('8 buckets, not in 4'),
    })
  })

  it('is not touched when the prefix is laid out in another way', async () => {
    await cli('set', 'newer:layout', 'layout 1, buckets 1')
    await expect(openRedis({ url, prefix: 'newer:' })).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' })
  })

  it('is not begun when another program has written the key that tells the layout', async () => {
    await cli('rpush', 'foreign:layout', 'of another program')
    await expect(openRedis({ url, prefix: 'foreign:' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('another program has written the key foreign:layout'),
      remedy: 'Choose another prefix, or remove that key if no program needs it.',
    })
    expect(await cli('lrange', 'foreign:layout', '0', '-1')).toBe('of another program')
  })
})

describe('records in many buckets', () => {
  const ids = Array.from({ length: 300 }, (_, n) => `id-${n}`)

  it('are listed each exactly once, whatever the size of the pages', async () => {
    const space = await emptySpace({ url, buckets: 64 })
    await Promise.all(ids.map((id) => space.create(id)))
    for (const limit of [7, 100, 1000]) expect((await space.ids({ limit })).sort()).toEqual([...ids].sort())
    expect(await space.count()).toBe(300)
  })

  it('are all claimed by one sweep after the other, each once', async () => {
    const space = await emptySpace({ url, buckets: 64 })
    await Promise.all(ids.map((id) => space.create(id)))
    space.pass(life.idleMs)
    const claimed: string[] = []
    for (let sweep = 0; sweep < 64; sweep += 1)
      claimed.push(...(await space.claim({ limit: 20 })).map((claim) => claim.record.id))
    expect(claimed.sort()).toEqual([...ids].sort())
  })

  it('are claimed by the sweep after they expired, when an earlier one saw them', async () => {
    const space = await emptySpace({ url, buckets: 64 })
    await space.create('a')
    for (let sweep = 0; sweep < 16; sweep += 1) await space.claim()
    space.pass(life.idleMs)
    expect((await space.claim()).length).toBe(1)
  })
})

describe('the index of principals', () => {
  const second = 1_000_000
  const entriesOf = (prefix: string) => cli('keys', `${prefix}shop:session@*`)
  const idsIn = (entries: string) => cli('zrange', entries, '0', '-1')
  /** As by a node that crashed before it saved the record. */
  const enter = (entries: string, id: string, secondsAgo: number) =>
    cli('zadd', entries, `${Date.now() * 1000 - secondsAgo * second}`, id)

  it('may hold too much: nobody believes an entry that no record confirms', async () => {
    const space = await emptySpace({ url, prefix: 'crash:' })
    await space.create('a', { principal: 'ada' })
    await enter(await entriesOf('crash:'), 'never-saved', 0)
    expect(await space.ids({ principal: 'ada' })).toEqual(['a'])
  })

  it('keeps an entry that a record denies while its save may be under way, and not longer', async () => {
    const space = await emptySpace({ url, prefix: 'denied:' })
    await space.create('a', { principal: 'ada' })
    const entries = await entriesOf('denied:')
    await enter(entries, 'b', 50)
    await enter(entries, 'c', 61)
    await space.ids({ principal: 'ada' })
    expect(await idsIn(entries)).toBe('b\na')
  })

  it('goes by the clock of Redis, so that nodes whose clocks are wrong take nothing from each other', async () => {
    const ahead = await emptySpace({ url, prefix: 'skewed:' })
    ahead.now = Date.now() + 10 * minute
    await ahead.create('a', { life: { idleMs: null, endsAt: null } })
    const behind = ahead.through(await openRedis({ url, prefix: 'skewed:' }))
    behind.now = Date.now() - 10 * minute
    await behind.update('a', { principal: 'ada' })
    await ahead.update('a', { principal: null })
    await Promise.all([ahead.ids({ principal: 'ada' }), behind.update('a', { principal: 'ada' })])
    expect(await ahead.ids({ principal: 'ada' })).toEqual(['a'])
  })

  it('is cleaned when the principal of a record changes', async () => {
    const space = await emptySpace({ url, prefix: 'changes:' })
    await space.create('a', { principal: 'ada' })
    await enter(await entriesOf('changes:'), 'a', 61)
    await space.update('a', { principal: null })
    expect(await entriesOf('changes:')).toBe('')
  })

  it('keeps a new entry when an earlier one for the same id is forgotten', async () => {
    const space = await emptySpace({ url, prefix: 'again:' })
    await space.create('a', { principal: 'ada' })
    await enter(await entriesOf('again:'), 'a', -1)
    await space.remove('a')
    expect(await idsIn(await entriesOf('again:'))).toBe('a')
  })
})
