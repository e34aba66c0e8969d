import { afterAll, describe, expect, it } from 'vitest'
import type { DriverEnvironment } from '../../src/drivers/definition.js'
import { memory } from '../../src/drivers/memory/index.js'
import type { Driver } from '../../src/storage/contract.js'
import { driverSuite } from '../../src/testing/index.js'
import { attributes, bytes, life, minute, start, TestSpace } from '../../src/testing/suite/test-space.js'

driverSuite({ describe, it, expect, afterAll }, { definition: memory, options: {} })

describe('the room of the memory driver', () => {
  const evicted: string[] = []
  const environment: DriverEnvironment = {
    cache: 'small',
    directory: '.',
    onEvicted: ({ space, id }) => evicted.push(`${space}/${id}`),
  }

  async function small(options: { maxEntries?: number; maxBytes?: number }): Promise<[TestSpace, Driver]> {
    evicted.length = 0
    const driver = await memory.create(memory.options.parse(options), environment)
    return [new TestSpace('s', driver), driver]
  }

  it('is taken from the least recently used record, which is reported', async () => {
    const [space] = await small({ maxEntries: 3 })
    for (const id of ['a', 'b', 'c']) await space.create(id, { principal: 'ada' })
    await space.load('a', { touch: { touchedAt: space.now } })
    await space.update('b')
    await space.create('d')
    expect(evicted).toEqual(['s/c'])
    expect([await space.ids(), await space.ids({ principal: 'ada' })]).toEqual([
      ['a', 'b', 'd'],
      ['a', 'b'],
    ])
  })

  it('is not kept by a refused load, nor by a listing', async () => {
    const [space] = await small({ maxEntries: 2 })
    for (const id of ['a', 'b']) await space.create(id)
    await space.load('a', { seal: 'wrong' })
    await space.ids()
    await space.create('c')
    expect(evicted).toEqual(['s/a'])
  })

  it('is counted over all spaces and objects together', async () => {
    const [space, driver] = await small({ maxEntries: 2 })
    const other = new TestSpace('other', driver)
    const forever = { now: start, ttlMs: null }
    await space.create('a')
    await driver.objects?.('o').set('b', bytes('1'), forever)
    await other.create('c')
    await driver.objects?.('o').set('d', bytes('1'), forever)
    expect(evicted).toEqual(['s/a', 'o/b'])
    expect(await driver.health({ now: start })).toMatchObject({
      warnings: ['Evicted for lack of room: 2. Raise maxEntries or maxBytes.'],
      details: { entries: 2, evictions: 2 },
    })
  })

  it('is taken first from objects that have expired, wherever they stand, without a report', async () => {
    const [space, driver] = await small({ maxEntries: 3 })
    await space.create('a')
    await space.create('b')
    await driver.objects?.('o').set('c', bytes('1'), { now: start, ttlMs: minute })
    space.pass(minute)
    await space.create('d')
    expect(evicted).toEqual([])
    await space.create('e')
    expect(evicted).toEqual(['s/a'])
  })

  it('is not needed twice by an object that is set again', async () => {
    const [space, driver] = await small({ maxEntries: 2 })
    const objects = driver.objects?.('o')
    await space.create('a')
    for (const text of ['1', '2', '3']) await objects?.set('b', bytes(text), { now: start, ttlMs: null })
    expect([evicted, (await driver.health({ now: start })).details.entries]).toEqual([[], 2])
    expect(await objects?.get('b', { now: start })).toEqual(bytes('3'))
  })

  it('is taken from records that wait for their end only when nothing else is left', async () => {
    const [space] = await small({ maxEntries: 4 })
    for (const id of ['expired', 'claimed', 'ended', 'live']) await space.create(id)
    await space.update('live', { life: { idleMs: null } })
    await space.update('ended', { ending: 'logout' })
    space.pass(life.idleMs)
    await space.claim({ id: 'claimed' })
    await space.create('new')
    expect(evicted).toEqual(['s/live'])
    await space.update('new', { ending: 'logout' })
    await space.create('newer')
    expect(evicted).toEqual(['s/live', 's/expired'])
    expect((await space.claim()).map(({ record }) => record.id)).toEqual(['ended', 'new'])
  })

  it('is taken from visitors who never came back, then from those without a principal, then from the others', async () => {
    const [space] = await small({ maxEntries: 6 })
    for (const id of ['ada', 'grace']) await space.create(id, { principal: id })
    for (const id of ['cart', 'basket']) {
      await space.create(id)
      await space.load(id, { touch: { touchedAt: space.now, hits: 2 } })
    }
    await space.create('bot 1')
    await space.update('grace')
    const next = async (id: string, principal?: string) => {
      evicted.length = 0
      await space.create(id, principal === undefined ? {} : { principal })
      return evicted.join()
    }
    expect(await next('bot 2')).toBe('')
    expect(await next('bot 3')).toBe('s/bot 1')
    expect(await next('hopper', 'hopper')).toBe('s/bot 2')
    expect(await next('lovelace', 'lovelace')).toBe('s/bot 3')
    expect(await next('noether', 'noether')).toBe('s/cart')
    expect(await next('bot 4')).toBe('s/basket')
    expect(await next('curie', 'curie')).toBe('s/bot 4')
    expect(await next('bot 5')).toBe('s/ada')
  })

  it('is taken from records without a principal that wait for their end before one that is logged in', async () => {
    const [space] = await small({ maxEntries: 4 })
    await space.create('ada', { principal: 'ada', life: { idleMs: null, endsAt: null } })
    await space.create('grace', { principal: 'grace' })
    for (const id of ['bot 1', 'bot 2']) await space.create(id)
    space.pass(life.idleMs)
    for (const id of ['new 1', 'new 2', 'new 3']) await space.create(id, { principal: id })
    expect(evicted).toEqual(['s/bot 1', 's/bot 2', 's/ada'])
    expect((await space.claim()).map(({ record }) => record.id)).toEqual(['grace'])
  })

  it('goes on being given where thousands wait for their end', async () => {
    const [space] = await small({ maxEntries: 5_000 })
    for (let count = 0; count < 5_000; count += 1) await space.create(`expired ${count}`)
    space.pass(life.idleMs)
    for (let count = 0; count < 5_000; count += 1) await space.create(`new ${count}`, { principal: 'ada' })
    expect(evicted).toHaveLength(5_000)
    expect(new Set(evicted.map((id) => id.split(' ')[0]))).toEqual(new Set(['s/expired']))
  })

  it('is counted in bytes too, and anew when a record grows', async () => {
    const [space] = await small({ maxBytes: 12_000 })
    for (const id of ['a', 'b', 'c']) await space.create(id, { set: attributes({ text: 'x'.repeat(2000) }) })
    expect(evicted).toEqual([])
    await space.update('c', { set: attributes({ text: 'x'.repeat(5000) }) })
    expect(evicted).toEqual(['s/a'])
    await space.update('c', { unset: ['text'] })
    await space.create('d', { set: attributes({ text: 'x'.repeat(2000) }) })
    expect(evicted).toEqual(['s/a'])
  })

  it('refuses what could never fit, and changes nothing', async () => {
    const [space, driver] = await small({ maxBytes: 2000 })
    await space.create('a', { version: 'v1' })
    const giant = attributes({ text: 'x'.repeat(2000) })
    await expect(space.create('b', { set: giant })).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    await expect(space.update('a', { version: 'v2', set: giant })).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    const set = driver.objects?.('o').set('c', bytes('x'.repeat(2000)), { now: start, ttlMs: null })
    await expect(set).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect([await space.ids(), (await space.stored('a')).version, evicted]).toEqual([['a'], 'v1', []])
  })

  it('is given back by what is settled, vacant records too', async () => {
    const [space, driver] = await small({ maxEntries: 2 })
    for (const id of ['dropped', 'settled']) await space.create(id)
    await space.update('dropped', { dropIfEmpty: true })
    await space.update('settled', { ending: 'logout' })
    await space.settle(await space.claim())
    space.pass(60_000)
    await space.settle(await space.claim())
    expect((await driver.health({ now: start })).details).toEqual({ entries: 0, bytes: 0, evictions: 0 })
  })
})
