import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { open } from 'lmdb'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { checkFile } from '../../src/drivers/lmdb/file-check.js'
import { Keyspace } from '../../src/drivers/lmdb/keys.js'
import { bytes, creation, folder, now, opened, remove, unopened } from './lmdb-fixture.js'

const pageSize = 4096
let sound: Buffer

beforeAll(async () => {
  let removed = async () => {}
  const directory = await folder((remove) => (removed = remove))
  const driver = await opened(directory)
  const space = driver.space('s', { endGraceMs: 0 })
  const attributes = [...Array(10).keys()].map((n) => [`attribute ${n}`, bytes(n * 1000)] as const)
  for (let n = 0; n < 50; n += 1) await space.save(creation(`${n}`, { set: new Map(attributes) }), { now })
  await driver.close()
  sound = await readFile(join(directory, 'data.mdb'))
  await removed()
})

async function storeOf(content: Uint8Array) {
  const directory = await folder(onTestFinished)
  const file = join(directory, 'data.mdb')
  await writeFile(file, content)
  return { file, driver: await unopened(directory) }
}

const withBytes = (at: number, replacement: Uint8Array) => {
  const content = Buffer.from(sound)
  content.set(replacement, at)
  return content
}

/** Places in the sound file, in the newer of its two snapshots. */
const meta = () => (sound.readBigUInt64LE(152) > sound.readBigUInt64LE(pageSize + 152) ? 0 : pageSize)
const pageNamedAt = (place: number) => Number(sound.readBigUInt64LE(place)) * pageSize
const freeRoot = () => pageNamedAt(meta() + 88)
const mainRoot = () => pageNamedAt(meta() + 136)
const nodeAt = (page: number, index: number) => page + 24 + sound.readUInt16LE(page + 24 + 2 * index)
const valueAt = (node: number) => node + 8 + sound.readUInt16LE(node + 6)
const tableRootAt = (index: number) => valueAt(nodeAt(mainRoot(), index)) + 40

const withNumber = (at: number, number: number) => {
  const content = Buffer.from(sound)
  content.writeBigUInt64LE(BigInt(number), at)
  return content
}

describe('a data.mdb that cannot be read', () => {
  it.each<[string, () => Uint8Array, RegExp]>([
    ['random bytes', () => randomBytes(100_000), /not an LMDB file/],
    ['a few random bytes', () => randomBytes(100), /cut short/],
    ['text', () => Buffer.from('sessions:\n'.repeat(1000)), /not an LMDB file/],
    ['another version of the format', () => withBytes(28, Buffer.from([1, 0])), /version 1 of the LMDB format, not 2/],
    ['an impossible page size', () => withBytes(48, Buffer.from([1, 1])), /pages have/],
    ['a damaged second page', () => withBytes(pageSize, randomBytes(pageSize)), /not an LMDB file/],
    ['a file cut within its first two pages', () => sound.subarray(0, 4100), /cut short/],
    ['a file cut in the middle', () => sound.subarray(0, sound.length / 2), /lacks page/],
    ['a file without its last pages', () => sound.subarray(0, -20 * pageSize), /lacks page/],
    [
      'random bytes behind the first two pages',
      () => withBytes(2 * pageSize, randomBytes(sound.length - 2 * pageSize)),
      /damaged/,
    ],
    ['zeros in the middle', () => withBytes(20 * pageSize, bytes(200 * pageSize, 0)), /damaged/],
    ['a page of two kinds', () => withBytes(mainRoot() + 18, Buffer.from([3])), /damaged/],
    ['a page of a later transaction', () => withNumber(mainRoot() + 8, 2 ** 40), /damaged/],
    ['a page with more room than it has', () => withBytes(mainRoot() + 22, Buffer.from([0xff, 0xff])), /damaged/],
    ['an entry that goes on behind its page', () => withBytes(nodeAt(mainRoot(), 0) + 2, Buffer.from([1])), /damaged/],
    ['an entry with unknown flags', () => withBytes(nodeAt(mainRoot(), 0) + 4, Buffer.from([4])), /damaged/],
    ['a table with duplicates', () => withBytes(tableRootAt(0) - 36, Buffer.from([4])), /a table of kind 4/],
    ['free pages that are sorted as text', () => withBytes(meta() + 52, Buffer.from([0])), /a table of kind 0/],
    ['two tables in one', () => withBytes(tableRootAt(0), sound.subarray(tableRootAt(1)).subarray(0, 8)), /twice/],
    ['a free page that is in use', () => withNumber(valueAt(nodeAt(freeRoot(), 0)) + 8, mainRoot() / pageSize), /free/],
    ['free pages behind the last', () => withNumber(valueAt(nodeAt(freeRoot(), 0)) + 8, 2 ** 40), /lacks page/],
  ])('%s: is reported with the reason and left as it is', async (_, damaged, reason) => {
    const content = damaged()
    const { file, driver } = await storeOf(content)
    const opening = driver.open()
    await expect(opening).rejects.toMatchObject({ name: 'StorageError', code: 'STORAGE_CORRUPT' })
    await expect(opening).rejects.toThrow(reason)
    await expect(opening).rejects.toThrow(file.replace('/data.mdb', ''))
    expect((await readFile(file)).equals(content)).toBe(true)
  })

  it('does not keep the same folder from being opened once it is repaired', async () => {
    const { file, driver } = await storeOf(randomBytes(10_000))
    await expect(driver.open()).rejects.toThrow()
    await writeFile(file, sound)
    await driver.open()
    expect(await driver.space('s', { endGraceMs: 0 }).count({ now })).toBe(50)
    await driver.close()
  })

  it('is not a file that is written while it is read', async () => {
    const directory = await folder(onTestFinished)
    const driver = await opened(directory)
    const space = driver.space('s', { endGraceMs: 0 })
    const saves = [...Array(300).keys()].map(async (n) => {
      const content = new Map([['value', bytes((n % 20) * 1000)]])
      await space.save(creation(`${n % 50}`, { set: content }), { now })
      checkFile(join(directory, 'data.mdb'))
      await remove(space, `${n % 50}`)
    })
    await Promise.all(saves)
    checkFile(join(directory, 'data.mdb'))
    await driver.close()
  })

  it('is not a file without content: that is what an interrupted creation leaves', async () => {
    const { driver } = await storeOf(bytes(0))
    await driver.open()
    await driver.close()
  })
})

describe('a path that cannot hold a store', () => {
  const unavailable = { name: 'StorageError', code: 'STORAGE_UNAVAILABLE' }

  it('because it is a file, or lies below one, is reported', async () => {
    const directory = await folder(onTestFinished)
    await writeFile(join(directory, 'file'), 'content')
    for (const path of ['file', 'file/below', 'file/far/below']) {
      const driver = await unopened(directory, { path })
      await expect(driver.open()).rejects.toMatchObject(unavailable)
    }
    expect(await readFile(join(directory, 'file'), 'utf8')).toBe('content')
  })

  it('because data.mdb is a folder is reported', async () => {
    const directory = await folder(onTestFinished)
    await mkdir(join(directory, 'data.mdb'))
    const driver = await unopened(directory)
    await expect(driver.open()).rejects.toMatchObject(unavailable)
  })
})

describe('a record that cannot be read', () => {
  it.each([
    ['random bytes', randomBytes(200).fill(0xc1, 0, 1)],
    ['JSON, as earlier versions stored it', Buffer.from('{"head":{"id":"a"}}')],
  ])('%s: is reported, and the others go on', async (_, content) => {
    const directory = await folder(onTestFinished)
    const driver = await opened(directory)
    const space = driver.space('s', { endGraceMs: 0 })
    await space.save(creation('a'), { now })
    await space.save(creation('b'), { now })
    const file = open({ path: join(directory, 'data.mdb'), noSubdir: true })
    await file
      .openDB('records', { encoding: 'binary', keyEncoding: 'binary' })
      .put(new Keyspace('s').entry('a'), content)
    await file.close()
    await expect(space.load('a', { now })).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
    expect(await space.load('b', { now })).toMatchObject({ status: 'loaded' })
    await driver.close()
  })
})
