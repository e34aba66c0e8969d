import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'libsql'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { bytes, creation, file, folder, now, opened, unopened } from './sqlite-fixture.js'

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
  sound = await readFile(join(directory, file))
  await removed()
})

async function storeOf(content: Uint8Array) {
  const directory = await folder(onTestFinished)
  await writeFile(join(directory, file), content)
  return { directory, driver: await unopened(directory) }
}

const withBytes = (at: number, replacement: Uint8Array) => {
  const content = Buffer.from(sound)
  content.set(replacement, at)
  return content
}

describe('an SQLite file that cannot be read', () => {
  it.each<[string, () => Uint8Array]>([
    ['random bytes', () => randomBytes(100_000)],
    ['a few random bytes', () => randomBytes(100)],
    ['text', () => Buffer.from('sessions:\n'.repeat(1000))],
    ['a damaged header', () => withBytes(0, randomBytes(16))],
    ['a damaged list of tables', () => withBytes(100, randomBytes(pageSize - 100))],
  ])('%s: is reported with its name and left as it is', async (_, damaged) => {
    const content = damaged()
    const { directory, driver } = await storeOf(content)
    const opening = driver.open()
    await expect(opening).rejects.toMatchObject({ name: 'StorageError', code: 'STORAGE_CORRUPT' })
    await expect(opening).rejects.toThrow(join(directory, file))
    expect((await readFile(join(directory, file))).equals(content)).toBe(true)
  })

  it('in one place, is reported by the calls that meet it, and the others go on', async () => {
    const directory = await folder(onTestFinished)
    // The tables of attributes and objects begin on pages of their own.
    const { rootOf } = await rootsIn(directory, sound)
    const content = withBytes((rootOf('attributes') - 1) * pageSize, randomBytes(pageSize).fill(0xff, 0, 1))
    await writeFile(join(directory, 'damaged.db'), content)
    const driver = await opened(directory, { path: 'damaged.db' })
    onTestFinished(() => driver.close())
    const space = driver.space('s', { endGraceMs: 0 })
    await expect(space.load('1', { now })).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
    const saving = space.save({ mode: 'update', id: '1', version: '2', set: new Map([['a', bytes(1)]]) }, { now })
    await expect(saving).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
    expect(await space.load('1', { now, ifChangedSince: 'version of 1' })).toMatchObject({ status: 'unchanged' })
    expect(await space.count({ now })).toBe(50)
  })

  it('does not keep the same place from being opened once it is repaired', async () => {
    const { directory, driver } = await storeOf(randomBytes(10_000))
    await expect(driver.open()).rejects.toThrow()
    await writeFile(join(directory, file), sound)
    await driver.open()
    expect(await driver.space('s', { endGraceMs: 0 }).count({ now })).toBe(50)
    await driver.close()
  })

  it('is not a file without content: that is what an interrupted creation leaves', async () => {
    const { driver } = await storeOf(bytes(0))
    await driver.open()
    await driver.close()
  })
})

describe('a path that cannot hold a store', () => {
  it('because it is a folder is reported', async () => {
    const directory = await folder(onTestFinished)
    await mkdir(join(directory, file))
    const opening = (await unopened(directory)).open()
    await expect(opening).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringMatching(/is a folder.*Set `path` to a file/),
    })
  })

  it('because it lies below a file is reported', async () => {
    const directory = await folder(onTestFinished)
    await writeFile(join(directory, 'file'), 'content')
    for (const path of ['file/below', 'file/far/below']) {
      const driver = await unopened(directory, { path })
      await expect(driver.open()).rejects.toMatchObject({
        code: 'STORAGE_UNUSABLE',
        message: expect.stringMatching(/below cannot be created/),
      })
    }
    expect(await readFile(join(directory, 'file'), 'utf8')).toBe('content')
  })
})

/** The pages on which the tables begin. */
async function rootsIn(directory: string, content: Uint8Array) {
  const path = join(directory, 'copy.db')
  await writeFile(path, content)
  const database = new Database(path)
  onTestFinished(() => void database.close())
  const rootOf = (name: string) => {
    const row = database.prepare('select rootpage from sqlite_schema where name = ?').raw().get([name])
    return (row as [number])[0]
  }
  return { rootOf }
}
