import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { notesCollection, objectsCollection, recordsCollection } from '../../src/drivers/mongodb/names.js'
import { attributes, bytes, life, minute, start, type TestSpace, textsOf } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { anyMongo } from '../support/mongo-server.js'
import { createMongodb, emptySpace, freshPrefix, openMongodb, visitMongodb } from './mongodb-fixture.js'

const server = await anyMongo()
const client = new MongoClient(server.url)
const db = client.db('scopes')
interface Stored {
  _id: string
  attributes?: Readonly<Record<string, unknown>>
  [name: string]: unknown
}
const stored = (name: string) => db.collection<Stored>(name)
afterAll(async () => {
  await client.close()
  await server.stop()
})

const inTime = () => deadlineOf(new AbortController().signal, 60_000)

describe(`the driver mongodb keeps on ${server.name}`, () => {
  it('a record as one document with names that an operator can read', async () => {
    const prefix = freshPrefix()
    const space = await emptySpace({ url: server.url, prefix })
    await space.create('a', { version: 'v1', principal: 'ada', set: attributes({ cart: '1', 'a.$b\0': '2' }) })
    const document = await stored(recordsCollection(prefix, 'shop:session')).findOne({ _id: 'a' })
    expect(document).toMatchObject({
      _id: 'a',
      version: 'v1',
      createdAt: start,
      touchedAt: start,
      idleMs: life.idleMs,
      wakeAt: start + life.idleMs,
      principal: 'ada',
      seal: 'seal',
      hits: 0,
      stamp: 1,
    })
    const names = Object.keys(document?.attributes as object).map((key) =>
      Buffer.from(key.slice(1), 'base64url').toString(),
    )
    expect(names.sort()).toEqual(['a.$b\0', 'cart'])
    expect(Object.keys(document ?? {})).not.toContain('endsAt')
  })

  it('spaces of one name under two prefixes apart', async () => {
    const [one, other] = [await emptySpace({ url: server.url }), await emptySpace({ url: server.url })]
    await one.create('a', { set: attributes({ cart: '1' }) })
    expect(await other.load('a')).toEqual({ status: 'missing' })
    expect(await other.create('a', { set: attributes({ cart: '2' }) })).toMatchObject({ status: 'saved' })
    expect(textsOf(await one.stored('a'))).toEqual([['cart', '1']])
    one.pass(life.idleMs)
    await one.settle(await one.claim())
    expect(await other.ids()).toEqual(['a'])
  })

  it('spaces apart whose long names differ in their last character', async () => {
    const driver = await openMongodb({ url: server.url, prefix: freshPrefix() })
    const [one, other] = ['1', '2'].map((last) => driver.space('é'.repeat(511) + last, { endGraceMs: minute }))
    const record = { mode: 'create', id: 'a', version: 'v1', seal: 'seal', life } as const
    expect(await one?.save(record, { now: start })).toMatchObject({ status: 'saved' })
    expect(await other?.save(record, { now: start })).toMatchObject({ status: 'saved' })
  })

  it('the indexes that its queries need, made by prepare or the first call', async () => {
    const prefix = freshPrefix()
    const driver = await openMongodb({ url: server.url, prefix })
    await driver.prepare?.(['shop:session'])
    const indexes = await stored(recordsCollection(prefix, 'shop:session')).listIndexes().toArray()
    expect(indexes.map(({ key }) => Object.keys(key).join()).sort()).toEqual(['_id', 'principal,_id', 'wakeAt'])
    await driver.objects?.('pages').get('a', { now: start })
    const ofObjects = await stored(objectsCollection(prefix, 'pages')).listIndexes().toArray()
    expect(ofObjects.map(({ key }) => Object.keys(key).join()).sort()).toEqual(['_id', 'purgeAt'])
  })

  it('what a newer version has added to a document, through every change', async () => {
    const prefix = freshPrefix()
    const space = await emptySpace({ url: server.url, prefix })
    await space.create('a', { set: attributes({ cart: '1', more: '2' }) })
    const collection = stored(recordsCollection(prefix, 'shop:session'))
    const newer = { device: { name: 'laptop' }, 'attributes.digest': 'abc' }
    await collection.updateOne({ _id: 'a' }, { $set: newer })
    expect(textsOf(await space.stored('a'))).toEqual([
      ['cart', '1'],
      ['more', '2'],
    ])
    for (const change of changes) {
      await change(space)
      expect(await collection.findOne({ _id: 'a' })).toMatchObject({
        device: { name: 'laptop' },
        attributes: { digest: 'abc' },
      })
    }
  })

  it('nothing of a layout that is newer than this version', async () => {
    const prefix = freshPrefix()
    await stored(notesCollection(prefix)).insertOne({ _id: 'layout', layout: 2 })
    await expect(openMongodb({ url: server.url, prefix })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining(`the prefix ${prefix} have the layout 2`),
    })
  })

  it('a note of who uses the prefix, and warns of another', async () => {
    const prefix = freshPrefix()
    await openMongodb({ url: server.url, prefix }, { environment: 'staging' })
    const driver = await openMongodb({ url: server.url, prefix }, { environment: 'production' })
    expect((await driver.health({ now: start })).warnings).toContainEqual(
      expect.stringContaining('A program with another environment ("staging", here "production")'),
    )
    const again = await openMongodb({ url: server.url, prefix }, { environment: 'production' })
    expect((await again.health({ now: start })).warnings.filter((text) => text.includes('environment'))).toEqual([])
  })

  it('a foreign document, refuses to read it as a record, and claims the others', async () => {
    const prefix = freshPrefix()
    const space = await emptySpace({ url: server.url, prefix })
    await space.create('b')
    await stored(recordsCollection(prefix, 'shop:session')).insertOne({ _id: 'a', wakeAt: 1, hello: 'world' })
    await expect(space.load('a')).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
    space.pass(life.idleMs)
    expect((await space.claim()).map(({ record }) => record.id)).toEqual(['b'])
  })

  it('the reservation of a create that came too late out of sight, until a sweep removes it', async () => {
    const prefix = freshPrefix()
    const space = await emptySpace({ url: server.url, prefix })
    await space.create('other')
    const collection = stored(recordsCollection(prefix, 'shop:session'))
    for (const id of ['a', 'b']) await collection.insertOne({ _id: id, reserved: true, wakeAt: start + minute })
    const touch = { touchedAt: start, hits: 1 }
    for (const options of [{}, { touch }, { ifChangedSince: 'v1' }, { seal: 'seal', touch }])
      expect(await space.load('a', options)).toEqual({ status: 'missing' })
    expect(await space.update('a', { set: attributes({ cart: '1' }) })).toEqual({ status: 'missing' })
    expect(await space.update('a', { clear: { except: [] } })).toEqual({ status: 'missing' })
    expect(await space.space.lock?.('a', { now: start, token: 't', leaseMs: minute })).toBe('missing')
    expect(await space.ids()).toEqual(['other'])
    expect(await space.count()).toBe(1)
    expect(await space.create('a', { set: attributes({ cart: '1' }) })).toMatchObject({ status: 'saved' })
    expect(await collection.findOne({ _id: 'a' })).toMatchObject({ wakeAt: start + life.idleMs })
    expect((await collection.findOne({ _id: 'a' }))?.reserved).toBeUndefined()
    space.pass(minute)
    expect(await space.claim()).toEqual([])
    expect(await collection.countDocuments()).toBe(2)
  })

  it('objects that the server itself removes, and what is cleared is gone', async () => {
    const prefix = freshPrefix()
    const driver = await openMongodb({ url: server.url, prefix })
    const objects = driver.objects?.('pages')
    await objects?.set('home', bytes('1'), { now: start, ttlMs: 1_000, deadline: inTime() })
    const collection = stored(objectsCollection(prefix, 'pages'))
    expect(await collection.findOne({ _id: 'home' })).toMatchObject({ purgeAt: new Date(start + 1_000) })
    await objects?.clear({ now: start, deadline: inTime() })
    expect(await collection.countDocuments()).toBe(0)
    await objects?.set('home', bytes('2'), { now: start, ttlMs: null, deadline: inTime() })
    expect(await objects?.get('home', { now: start })).toEqual(bytes('2'))
  })

  it('nothing that is larger than a document may be, and says so', async () => {
    const space = await emptySpace({ url: server.url })
    await space.create('a', { set: attributes({ cart: '1' }) })
    const giant = new Map([['film', new Uint8Array(17 * 1024 * 1024)]])
    const error = { code: 'STORAGE_FULL', message: expect.stringContaining('16 MB') }
    await expect(space.update('a', { set: giant })).rejects.toMatchObject(error)
    await expect(space.create('b', { set: giant })).rejects.toMatchObject(error)
    expect(textsOf(await space.stored('a'))).toEqual([['cart', '1']])
    expect(await space.load('b')).toEqual({ status: 'missing' })
  })

  it('values of several megabytes', async () => {
    const space = await emptySpace({ url: server.url })
    const film = new Uint8Array(8 * 1024 * 1024).fill(7)
    await space.create('a', { set: new Map([['film', film]]) })
    expect(Buffer.compare((await space.stored('a')).attributes.get('film') ?? new Uint8Array(), film)).toBe(0)
  })
})

/** Everything that changes a record and leaves it there. */
const changes: readonly ((space: TestSpace) => Promise<unknown>)[] = [
  (space) => space.load('a', { touch: { touchedAt: space.now, hits: 1 } }),
  (space) => space.load('a', { touch: { touchedAt: space.now }, prolong: { fromMs: life.idleMs, toMs: 2 * minute } }),
  (space) => space.update('a', { set: attributes({ cart: '2' }) }),
  (space) => space.update('a', { unset: ['cart'] }),
  (space) => space.update('a', { clear: { except: [] }, set: attributes({ cart: '3' }) }),
  (space) => space.update('a', { reseal: { from: 'seal', to: 'other', replaced: '' } }),
  (space) => space.update('a', { principal: 'ada' }),
  (space) => space.update('a', { principal: null }),
  (space) => space.update('a', { life: { endsAt: space.now + minute } }),
  (space) => Promise.resolve(space.space.lock?.('a', { now: space.now, token: 't', leaseMs: minute })),
  (space) => space.update('a', { ending: 'logout' }),
  (space) => space.claim(),
]

describe(`health() of the driver mongodb on ${server.name}`, () => {
  it('shows the time and size of the server, and no secret', async () => {
    const driver = await openMongodb({ url: server.url })
    const { storeTime = 0, details, warnings } = await driver.health({ now: start })
    expect(Math.abs(storeTime - Date.now())).toBeLessThan(5_000)
    expect(details).toMatchObject({ version: expect.any(String), documents: expect.any(Number) })
    if (details.mode === 'standalone') expect(warnings).toContainEqual(expect.stringContaining('replica set'))
  })
})

describe(`a visit of an operator on ${server.name}`, () => {
  const collectionsOf = async (prefix: string) =>
    (await db.listCollections().toArray()).map(({ name }) => name).filter((name) => name.startsWith(prefix))

  it('creates nothing where no node has been, and says so', async () => {
    const prefix = freshPrefix()
    const driver = await visitMongodb({ url: server.url, prefix })
    await expect(driver.prepare?.(['shop:session'])).rejects.toMatchObject({ code: 'STORAGE_UNPREPARED' })
    expect((await driver.health({ now: start })).details).toMatchObject({ user: expect.any(String) })
    expect(await collectionsOf(prefix)).toEqual([])
  })

  it('lists and ends what a node has stored, and notes nothing', async () => {
    const prefix = freshPrefix()
    const space = await emptySpace({ url: server.url, prefix })
    await space.create('a', { principal: 'ada' })
    const before = await stored(notesCollection(prefix)).findOne({ _id: 'layout' })
    const collections = await collectionsOf(prefix)
    const driver = await visitMongodb({ url: server.url, prefix })
    await driver.prepare?.(['shop:session'])
    const visited = driver.space('shop:session', { endGraceMs: minute })
    expect((await visited.list({ now: space.now, limit: 10 })).items).toMatchObject([{ id: 'a', principal: 'ada' }])
    const end = { mode: 'update', id: 'a', version: 'v2', ending: 'ended' } as const
    expect(await visited.save(end, { now: space.now })).toMatchObject({ status: 'saved' })
    expect(await space.ids()).toEqual([])
    expect(await stored(notesCollection(prefix)).findOne({ _id: 'layout' })).toEqual(before)
    expect(await collectionsOf(prefix)).toEqual(collections)
  })
})

describe('a driver mongodb that is not open', () => {
  it('gives no space', async () => {
    const driver = await createMongodb({ url: server.url })
    expect(() => driver.space('a', { endGraceMs: 1 })).toThrow('The driver is not open')
  })
})
