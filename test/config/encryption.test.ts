// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are written like this
import { describe, expect, it } from 'vitest'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { errorOf, load, type Options, problemsIn } from './loading.js'

const key = 'hunter2 hunter2 hunter2 hunter2 hunter2'
const given: Options = { drivers: builtInDrivers, env: { NEW: key, SHORT: 'hunter3' } }

const file = (encrypt: string, driver = 'driver: lmdb, path: ./data') => `
caches:
  store: { ${driver}, storage: true, ${encrypt} }
applications:
  shop: { session: { storage: store } }
`

describe('encrypt', () => {
  it('has keys, empty ones left out, and refuses plain values unless it says otherwise', async () => {
    const { caches } = await load(file('encrypt: { keys: ["${NEW}", "${OLD:-}"] }'), given)
    expect(caches.get('store')?.encrypt).toEqual({ keys: [key], plain: 'refuse' })
    expect(Object.isFrozen(caches.get('store')?.encrypt?.keys)).toBe(true)
    const reading = await load(file('encrypt: { keys: ["${NEW}"], plain: read }'), given)
    expect(reading.caches.get('store')?.encrypt?.plain).toBe('read')
  })

  it('is absent unless it is written', async () => {
    const { caches } = await load(file('deadline: 5s'), given)
    expect(caches.get('store')).not.toHaveProperty('encrypt')
  })

  it.each([
    ['encrypt: { keys: [] }', '3:72 caches.store.encrypt.keys: *** holds no key.'],
    ['encrypt: { keys: ["${OLD:-}"] }', '3:72 caches.store.encrypt.keys: *** holds no key.'],
    ['encrypt: { keys: ["${NEW}", hunter2] }', '3:83 caches.store.encrypt.keys[1]: *** is shorter than 32 bytes.'],
    ['encrypt: { keys: ["${NEW}", "${NEW}"] }', '3:83 caches.store.encrypt.keys[1]: *** is in the list twice.'],
    [`encrypt: { keys: [${'x'.repeat(32)}] }`, '3:73 caches.store.encrypt.keys[0]: *** is no random key.'],
    [
      `encrypt: { keys: [change-me-${key.replaceAll(' ', '-')}] }`,
      'caches.store.encrypt.keys[0]: *** is no random key.',
    ],
    ['encrypt: { keys: hunter2 }', 'caches.store.encrypt.keys: *** is not a list.'],
    ['encrypt: {}', 'caches.store.encrypt.keys: This key is missing.'],
    ['encrypt: hunter2', 'caches.store.encrypt: Text is not a map.'],
    ['encrypt: true', 'caches.store.encrypt: true is not a map.'],
    ['encrypt: { key: hunter2 }', 'caches.store.encrypt'],
    [
      'encrypt: { keys: ["${NEW}"], plain: reed }',
      'caches.store.encrypt.plain: "reed" is not one of refuse, read, write.',
    ],
    ['encrypt: { keys: ["${UNSET}"] }', '*** needs the environment variable UNSET, which is not set.'],
  ])('%s is a problem, and no key is shown', async (encrypt, problem) => {
    const { message } = await errorOf(load(file(encrypt), given))
    expect(await problemsIn(file(encrypt), given)).toContainEqual(expect.stringContaining(problem))
    expect(message).not.toMatch(/hunter/)
  })

  it('says how to make a key', async () => {
    const { problems } = await errorOf(load(file('encrypt: { keys: ["${SHORT}"] }'), given))
    expect(problems.map(({ remedy }) => remedy)).toEqual([expect.stringContaining('node -p "crypto.randomBytes(32)')])
  })

  it('has no effect on a cache in memory, nor on sealed cookies, which is a problem', async () => {
    const encrypt = 'encrypt: { keys: ["${NEW}"] }'
    expect(await problemsIn(file(encrypt, 'driver: memory'), given)).toEqual([
      expect.stringContaining(
        'caches.store.encrypt: This has no effect: what the cache store (memory) holds never leaves this process.',
      ),
    ])
    expect(await problemsIn(file(encrypt, 'driver: cookie, keys: ["${NEW}"]'), given)).toEqual([
      expect.stringContaining(
        'caches.store.encrypt: This has no effect: the driver cookie seals whole records, with keys of its own.',
      ),
    ])
  })

  it('may be on every cache whose values leave the process', async () => {
    for (const driver of ['driver: redis', 'driver: sqlite, path: ./a.db', 'driver: postgres', 'driver: hazelcast'])
      await expect(load(file('encrypt: { keys: ["${NEW}"] }', driver), given)).resolves.toBeDefined()
  })
})
