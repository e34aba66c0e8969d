import { execFileSync } from 'node:child_process'
import { existsSync, renameSync } from 'node:fs'
import { chmod, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { networkFileSystem } from '../../src/drivers/sqlite/network-file-system.js'
import { creation, file, folder, now, opened } from './sqlite-fixture.js'

const files = [file, `${file}-wal`, `${file}-shm`]
const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe.skipIf(process.platform === 'win32')('the rights of an SQLite file (not on Windows)', () => {
  async function warningsOf(path: string): Promise<readonly string[]> {
    const driver = await opened(path)
    const { warnings } = await driver.health({ now })
    await driver.close()
    return warnings
  }

  it('72. are for its owner only, also in a folder of 0755, whatever the umask', async () => {
    const directory = await folder(onTestFinished)
    await chmod(directory, 0o755)
    const umask = process.umask(0)
    onTestFinished(() => void process.umask(umask))
    const driver = await opened(directory)
    await driver.space('s', { endGraceMs: 0 }).save(creation('a'), { now })
    const modes = await Promise.all(files.map((name) => modeOf(join(directory, name))))
    expect(modes).toEqual([0o600, 0o600, 0o600])
    expect((await driver.health({ now })).warnings).toEqual([])
    await driver.close()
  })

  it('72. that every user has on the folder or a file are warned of, each with the command that mends it', async () => {
    const directory = await folder(onTestFinished)
    expect(await warningsOf(directory)).toEqual([])
    const driver = await opened(directory)
    onTestFinished(() => driver.close())
    for (const path of [directory, ...files.map((name) => join(directory, name))]) await chmod(path, 0o777)
    const { warnings } = await driver.health({ now })
    const remedies = [`chmod 700 ${directory}`, ...files.map((name) => `chmod 600 ${join(directory, name)}`)]
    expect(warnings).toEqual(remedies.map((remedy) => expect.stringMatching(`0777.*Run: ${remedy}$`)))
  })

  it('72. do not help where a symbolic link stands in place of the file: it is warned of', async () => {
    const [directory, elsewhere] = [await folder(onTestFinished), await folder(onTestFinished)]
    expect(await warningsOf(elsewhere)).toEqual([])
    await symlink(join(elsewhere, file), join(directory, file))
    expect(await warningsOf(directory)).toEqual([
      expect.stringMatching(`^${join(directory, file)} is a symbolic link.*Put the file itself there`),
    ])
  })
})

describe('the file system of an SQLite file', () => {
  it.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0xff534d42 | 0, 'CIFS'],
    [0x65735546, 'FUSE'],
    [0xef53, undefined],
    [0x01021994, undefined],
  ])('of the type %s is known as %s', (type, name) => {
    expect(networkFileSystem(type)).toBe(name)
  })
})

describe.skipIf(process.platform === 'win32')('an SQLite file that goes while it is used (not on Windows)', () => {
  async function used() {
    const parent = await mkdtemp(join(tmpdir(), 'koa-scopes-sqlite-'))
    onTestFinished(() => rm(parent, { recursive: true }))
    const directory = join(parent, 'data')
    const driver = await opened(directory)
    const space = driver.space('s', { endGraceMs: 0 })
    await space.save(creation('a'), { now })
    onTestFinished(() => driver.close())
    return { directory, aside: join(parent, 'aside'), driver, space }
  }
  const unavailable = (reason: RegExp) => ({ code: 'STORAGE_UNAVAILABLE', message: expect.stringMatching(reason) })

  it('95. refuses writes, health and soon reads, and goes on when it is put back', async () => {
    const { directory, aside, driver, space } = await used()
    await rename(directory, aside)
    await expect(space.save(creation('b'), { now })).rejects.toMatchObject(
      unavailable(/was removed.*put the same file/),
    )
    await expect(driver.health({ now })).rejects.toMatchObject(unavailable(/was removed/))
    await expect(space.load('a', { now })).rejects.toMatchObject(unavailable(/was removed/))
    expect(existsSync(directory)).toBe(false)
    await rename(aside, directory)
    expect(await space.save(creation('b'), { now })).toMatchObject({ status: 'saved' })
    expect(await space.count({ now })).toBe(2)
    expect((await driver.health({ now })).warnings).toEqual([])
  })

  it('95. a read notices by itself within a second', async () => {
    const { directory, aside, space } = await used()
    await rename(directory, aside)
    await expect.poll(() => space.load('a', { now }).catch(({ code }) => code)).toBe('STORAGE_UNAVAILABLE')
    await rename(aside, directory)
    expect(await space.load('a', { now })).toMatchObject({ status: 'loaded' })
  })

  it('95. writes neither to a copy in its place nor to the former one, and makes no second one', async () => {
    const { directory, aside, driver, space } = await used()
    await rename(directory, aside)
    await expect(opened(directory)).rejects.toMatchObject(unavailable(/was removed/))
    expect(existsSync(directory)).toBe(false)
    // Copied by another process: if this one closed the file, it would release its locks.
    execFileSync('cp', ['-r', aside, directory])
    await expect(space.save(creation('b'), { now })).rejects.toMatchObject(
      unavailable(/was replaced.*restart this process/),
    )
    await expect(opened(directory)).rejects.toMatchObject(unavailable(/was replaced/))
    await driver.close()
    for (const path of [directory, aside]) {
      const later = await opened(path)
      expect(await later.space('s', { endGraceMs: 0 }).count({ now })).toBe(1)
      await later.close()
    }
  })

  it.each(files)('95. notices that %s alone was replaced', async (name) => {
    const { directory, space } = await used()
    await rename(join(directory, name), join(directory, 'aside'))
    await writeFile(join(directory, name), '')
    await expect(space.save(creation('b'), { now })).rejects.toMatchObject(unavailable(/was replaced/))
  })

  it('95. acknowledges no change whose commit it did not outlast', async () => {
    const { directory, aside, space } = await used()
    // Asked for in the transaction too: the folder goes between that and the commit.
    let asked = 0
    const deadline = {
      leftMs: 1_000,
      signal: new AbortController().signal,
      get isPast(): boolean {
        asked += 1
        if (asked === 2) renameSync(directory, aside)
        return false
      },
    }
    const saving = space.save(creation('b'), { now, deadline })
    await expect(saving).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
  })
})
