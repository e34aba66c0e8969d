import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as vitest from 'vitest'
import { beforeEach, describe, expect, it } from 'vitest'
import { lmdb } from '../../../src/drivers/lmdb/index.js'
import { memory } from '../../../src/drivers/memory/index.js'
import type { Driver, ObjectSpace } from '../../../src/storage/contract.js'
import { SealingDriver } from '../../../src/storage/sealing/sealing-driver.js'
import type { Encryption } from '../../../src/storage/sealing/value-sealer.js'
import { driverSuite } from '../../../src/testing/index.js'
import { attributes, bytes, life, start, TestSpace, textsOf } from '../../../src/testing/suite/test-space.js'
import { sealing } from '../../support/sealing-driver.js'

const keyA = 'a key that is 32 bytes long: aaaaa'
const keyB = 'a key that is 32 bytes long: bbbbb'
const encryption: Encryption = { keys: [keyA], plain: 'refuse' }

const path = await mkdtemp(join(tmpdir(), 'koa-scopes-sealing-'))

driverSuite(vitest, { definition: sealing(memory), options: {} })
driverSuite(vitest, { definition: sealing(lmdb), options: { path }, remove: () => rm(path, { recursive: true }) })

const isSealed = (value: Uint8Array | undefined) => value?.[0] === 0xfe
/** Whether a value reads as one that could not be opened. */
const isUnopened = (value: Uint8Array | undefined) => value?.[0] === 0xff

describe('a store with sealed values', () => {
  let store: Driver
  /** What is in the store. */
  let bare: TestSpace
  let space: TestSpace
  const opening = (keys: readonly string[], name = 'shop:session') =>
    new TestSpace(name, new SealingDriver(store, { keys, plain: 'refuse' }))

  beforeEach(async () => {
    store = await memory.create(memory.options.parse({}), { cache: 'test', directory: '.', onEvicted() {} })
    bare = new TestSpace('shop:session', store)
    space = opening([keyA])
  })

  it('gets every value sealed, of creates and updates, and names as they are', async () => {
    await space.create('a', { set: attributes({ card: '4711' }) })
    await space.update('a', { set: attributes({ name: 'ada' }) })
    const { attributes: stored } = await bare.stored('a')
    expect([...stored.keys()]).toEqual(['card', 'name'])
    for (const value of stored.values()) expect(isSealed(value)).toBe(true)
    expect(textsOf(await space.stored('a'))).toEqual([
      ['card', '4711'],
      ['name', 'ada'],
    ])
  })

  it('gets a change without values as it is', async () => {
    await space.create('a', { set: attributes({ card: '4711', name: 'ada' }) })
    const before = (await bare.stored('a')).attributes.get('name')
    await space.update('a', { unset: ['card'], principal: 'ada' })
    expect([...(await bare.stored('a')).attributes]).toEqual([['name', before]])
  })

  it('opens no value that was moved to another attribute, record or space', async () => {
    for (const id of ['a', 'b']) await space.create(id, { set: attributes({ one: '1', two: '2' }) })
    const { attributes: stored } = await bare.stored('a')
    const one = stored.get('one') ?? bytes('')
    await bare.update('a', { set: new Map([['two', one]]) })
    await bare.update('b', { set: new Map([['one', one]]) })
    const [a, b] = [await space.stored('a'), await space.stored('b')]
    expect([a.attributes.get('one'), isUnopened(a.attributes.get('two'))]).toEqual([Buffer.from('1'), true])
    expect([isUnopened(b.attributes.get('one')), b.attributes.get('two')]).toEqual([true, Buffer.from('2')])

    await new TestSpace('blog:session', store).create('a', { set: stored })
    const elsewhere = await opening([keyA], 'blog:session').stored('a')
    expect([...elsewhere.attributes.values()].map(isUnopened)).toEqual([true, true])
  })

  it('keeps what does not open through changes of other attributes, and when it is stored again', async () => {
    await space.create('a', { set: attributes({ one: '1' }) })
    const sealed = (await bare.stored('a')).attributes.get('one')
    const stranger = opening([keyB])
    const { attributes: seen } = await stranger.stored('a')
    expect(isUnopened(seen.get('one'))).toBe(true)
    await stranger.update('a', { set: attributes({ two: '2' }) })
    await stranger.create('copy', { set: seen })
    expect((await bare.stored('a')).attributes.get('one')).toEqual(sealed)
    expect((await bare.stored('copy')).attributes.get('one')).toEqual(sealed)
    expect((await opening([keyB, keyA]).stored('a')).attributes.get('one')).toEqual(Buffer.from('1'))
  })

  it('gives claims with opened values, which are renewed and settled', async () => {
    await space.create('a', { set: attributes({ card: '4711' }) })
    space.pass(life.idleMs)
    const claims = await space.claim()
    expect(claims.map(({ record }) => textsOf(record))).toEqual([[['card', '4711']]])
    expect(await space.renew(claims)).toEqual(['a'])
    expect(await space.settle(claims)).toEqual(['a'])
  })

  it('answers loads of an unchanged record without values', async () => {
    await space.create('a', { version: 'v1', set: attributes({ card: '4711' }) })
    expect(await space.load('a', { ifChangedSince: 'v1' })).toMatchObject({ status: 'unchanged' })
    expect(await space.load('a', { seal: 'wrong' })).toEqual({ status: 'refused', replaced: null })
  })

  it('gets every object sealed, bound to its key and apart from records of the same name', async () => {
    const objectsOf = (driver: Driver) => driver.objects?.('shop:session') as ObjectSpace
    const [sealed, inStore] = [objectsOf(space.driver), objectsOf(store)]
    const forever = { now: start, ttlMs: null }
    await sealed.set('a', bytes('4711'), forever)
    const stored = (await inStore.get('a', { now: start })) ?? bytes('')
    expect([isSealed(stored), await sealed.get('a', { now: start })]).toEqual([true, Buffer.from('4711')])
    await inStore.set('b', stored, forever)
    expect(isUnopened(await sealed.get('b', { now: start }))).toBe(true)
    await bare.create('a', { set: new Map([['', stored]]) })
    expect(isUnopened((await space.stored('a')).attributes.get(''))).toBe(true)
    expect([await sealed.delete('a', { now: start }), await sealed.get('a', { now: start })]).toEqual([true, undefined])
    await sealed.clear({ now: start })
    expect(await inStore.get('b', { now: start })).toBeUndefined()
  })

  it('has the optional members that its driver has, and no others', async () => {
    const whole = space.space
    expect([whole.lock, whole.unlock, whole.matches, whole.watch].map((member) => member !== undefined)).toEqual(
      [bare.space.lock, bare.space.unlock, bare.space.matches, bare.space.watch].map((member) => member !== undefined),
    )
    const { list, count, load, save, renew, settle, claimExpired } = bare.space
    const least: Driver = {
      capabilities: store.capabilities,
      open: async () => {},
      space: () => ({ list, count, load, save, renew, settle, claimExpired }),
      health: async () => ({ warnings: [], details: {} }),
      close: async () => {},
    }
    const sealed = new SealingDriver(least, encryption)
    expect(Object.keys(sealed.space('s', { endGraceMs: 0 })).sort()).toEqual(
      Object.keys({ list, count, load, save, renew, settle, claimExpired }).sort(),
    )
    expect([sealed.prepare, sealed.objects]).toEqual([undefined, undefined])
  })

  it('reports in its health how values opened', async () => {
    await space.create('a', { set: attributes({ one: '1' }) })
    const { driver } = opening([keyB, keyA])
    await new TestSpace('shop:session', driver).stored('a')
    expect((await driver.health({ now: start })).details).toMatchObject({
      entries: 1,
      sealingKeys: 2,
      openedByOldKeys: 1,
      readPlain: 0,
      unopened: 0,
    })
  })
})
