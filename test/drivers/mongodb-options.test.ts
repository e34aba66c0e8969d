import { describe, expect, it } from 'vitest'
import { notesCollection, objectsCollection, recordsCollection } from '../../src/drivers/mongodb/names.js'
import { mongodbOptions } from '../../src/drivers/mongodb/options.js'
import { placeOf } from '../../src/drivers/mongodb/servers.js'
import { createMongodb } from './mongodb-fixture.js'

const place = (options: object) => placeOf(mongodbOptions.parse(options))
const mistakesIn = (options: object) =>
  mongodbOptions.safeParse(options).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('the options of the driver mongodb', () => {
  it('name a server on this host unless they say otherwise', () => {
    expect(place({})).toEqual({ url: 'mongodb://127.0.0.1:27017/', where: '127.0.0.1:27017', database: 'scopes' })
  })

  it('name it by a URL, whose user and password are in no message', () => {
    const url = 'mongodb://shop:p%40ss@a.example.com:27018,b.example.com/shop?replicaSet=rs0'
    expect(place({ url })).toEqual({ url, where: 'a.example.com:27018,b.example.com', database: 'shop' })
    expect(place({ url: 'mongodb+srv://cluster.example.com', database: 'shop' })).toMatchObject({
      where: 'cluster.example.com',
      database: 'shop',
    })
    expect(place({ url: 'mongodb://[::1]:27018' }).where).toBe('[::1]:27018')
  })

  it('name it by host and port, or by several hosts', () => {
    expect(place({ host: 'mongo', port: 27018, database: 'shop' })).toEqual({
      url: 'mongodb://mongo:27018/',
      where: 'mongo:27018',
      database: 'shop',
    })
    expect(place({ host: '::1' }).url).toBe('mongodb://[::1]:27017/')
    expect(place({ hosts: ['a:1', '[::1]:2', 'c'] }).url).toBe('mongodb://a:1,[::1]:2,c/')
  })

  it('may keep user and password out of the URL', () => {
    expect(
      mistakesIn({ url: 'mongodb://mongo', username: 'shop', password: 'secret', authSource: 'shop' }),
    ).toBeUndefined()
  })

  it('are refused when the URL and a key beside it say the same thing', () => {
    const url = 'mongodb://shop:secret@mongo/shop?authSource=admin&replicaSet=rs0&tls=true'
    const beside = { username: 'a', password: 'b', database: 'c', authSource: 'd', replicaSet: 'e', tls: true }
    expect(mistakesIn({ url, ...beside })).toEqual(Object.keys(beside).map((key) => `${key}: is in the url too`))
  })

  it.each(['w=1', 'journal=false', 'readPreference=secondary', 'readConcernLevel=local', 'timeoutMS=1'])(
    'are refused when the URL sets what the promises depend on: %s',
    (option) => {
      expect(mistakesIn({ url: `mongodb://mongo/?${option}` })).toEqual([
        `url: has the option ${option.split('=')[0]}, which this driver sets itself`,
      ])
    },
  )

  it('may come from Atlas, which writes the majority into its URLs', () => {
    const url = 'mongodb+srv://shop:secret@cluster0.example.mongodb.net/?retryWrites=true&w=majority&appName=Cluster0'
    expect(mistakesIn({ url })).toBeUndefined()
  })

  it.each([
    { url: 'http://mongo' },
    { url: 'mongodb://' },
    { url: 'mongo' },
    { url: 'mongodb://u:100%@mongo' },
    { url: 'mongodb://u:p@ss@mongo' },
    { url: 'mongodb://a,:1' },
    { url: 'mongodb://mongo', host: 'mongo' },
    { url: 'mongodb://mongo', port: 1 },
    { host: 'a', hosts: ['b'] },
    { hosts: [] },
    { hosts: ['a:70000'] },
    { hosts: ['a:0'] },
    { hosts: ['a/b'] },
    { hosts: ['a'], port: 1 },
    { port: 0 },
    { port: 100_000 },
    { password: 'secret' },
    { database: 'a.b' },
    { database: 'x'.repeat(64) },
    { prefix: '$shop' },
    { prefix: '.shop' },
    { prefix: 'a..b' },
    { prefix: 'system.' },
    { prefix: 'x'.repeat(33) },
    { connections: 0 },
    { unknown: true },
  ])('are refused: %j', (options) => {
    expect(mistakesIn(options)?.length).toBeGreaterThan(0)
  })

  it('which only the client refuses are named without a secret', async () => {
    const error = await createMongodb({ url: 'mongodb://shop:secret-1@mongo/?nonsense=1' }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE', message: expect.stringContaining('nonsense') })
    expect(JSON.stringify([error, error.message, error.cause?.message, error.stack])).not.toContain('secret-1')
  })

  it('name files that must be readable', async () => {
    await expect(createMongodb({ tls: { ca: 'nowhere.pem' } })).rejects.toThrow('/nowhere.pem')
  })
})

describe('the names of collections', () => {
  const longest = `${'x'.repeat(32)}`

  it('show the space', () => {
    expect(recordsCollection('scopes:', 'shop:session')).toBe('scopes:records.shop:session')
    expect(objectsCollection('scopes:', 'shop:pages')).toBe('scopes:objects.shop:pages')
    expect(notesCollection('scopes:')).toBe('scopes:notes')
    expect(recordsCollection('scopes:', 'shop session')).toMatch(/^scopes:records\.shop_session\.[\w-]{22}$/)
  })

  it.each(['', 'a'.repeat(1_024), 'a\0b', '$cmd', 'é', '😀'.repeat(256), 'system.users', '..', '__proto__'])(
    'have at most 120 bytes with the database, and no character that MongoDB refuses: %j',
    (space) => {
      const name = recordsCollection(longest, space)
      expect(name.slice(longest.length)).toMatch(/^records\.[\w.:-]+[\w:-]$/)
      expect(Buffer.byteLength(`${'d'.repeat(24)}.${name}`)).toBeLessThanOrEqual(120)
    },
  )

  it('differ for spaces that differ', () => {
    const spaces = ['a b', 'a_b', 'a.b', 'a$b', 'A_b', `${'x'.repeat(50)}1`, `${'x'.repeat(50)}2`]
    expect(new Set(spaces.map((space) => recordsCollection('', space))).size).toBe(spaces.length)
  })
})
