import { existsSync, renameSync } from 'node:fs'
import { chmod, cp, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createContainer } from '../../src/container/create-container.js'
import { type Logger, silentLogger } from '../../src/support/logger.js'
import { creation, folder, now, opened } from './lmdb-fixture.js'

const modeOf = async (path: string) => (await stat(path)).mode & 0o777
const files = ['data.mdb', 'lock.mdb']

describe.skipIf(process.platform === 'win32')('the rights of an LMDB folder (not on Windows)', () => {
  /** The warnings that a container logs when it starts on this folder. */
  async function warnedOf(path: string): Promise<string[]> {
    const warnings: string[] = []
    const warn = (fields: object, sentence = '') => {
      if ('cache' in fields) warnings.push(sentence)
    }
    const logger: Logger = { ...silentLogger, warn: warn as Logger['warn'], child: () => logger }
    const container = await createContainer({ caches: { embedded: { driver: 'lmdb', path } } }, { logger })
    const { warnings: inHealth } = (await container.health()).caches.embedded as { warnings: readonly string[] }
    await container.close()
    expect(warnings).toEqual(inHealth)
    return warnings
  }

  it('72. the files are 0600, also in a folder of 0755, whatever the umask', async () => {
    const directory = await folder(onTestFinished)
    await chmod(directory, 0o755)
    const umask = process.umask(0)
    onTestFinished(() => void process.umask(umask))
    const driver = await opened(directory)
    await driver.space('s', { endGraceMs: 0 }).save(creation('a'), { now })
    await driver.close()
    expect(await Promise.all(files.map((file) => modeOf(join(directory, file))))).toEqual([0o600, 0o600])
    expect(await warnedOf(directory)).toEqual([])
  })

  it('72. a folder and files that every user may write are warned of, each with the command that mends it', async () => {
    const directory = await folder(onTestFinished)
    expect(await warnedOf(directory)).toEqual([])
    for (const path of [directory, ...files.map((file) => join(directory, file))]) await chmod(path, 0o777)
    const warnings = await warnedOf(directory)
    const remedies = [`chmod 700 ${directory}`, ...files.map((file) => `chmod 600 ${join(directory, file)}`)]
    expect(warnings).toEqual(remedies.map((remedy) => expect.stringMatching(`0777.*Run: ${remedy}$`)))
    for (const remedy of remedies) {
      const [, mode = '', path = ''] = remedy.split(' ')
      await chmod(path, Number.parseInt(mode, 8))
    }
    expect(await warnedOf(directory)).toEqual([])
  })

  it('72. files that every user may read are warned of, unless the folder is closed to them', async () => {
    const directory = await folder(onTestFinished)
    expect(await warnedOf(directory)).toEqual([])
    const paths = files.map((file) => join(directory, file))
    for (const path of paths) await chmod(path, 0o644)
    expect(await warnedOf(directory)).toEqual([])
    await chmod(directory, 0o755)
    expect(await warnedOf(directory)).toEqual(
      paths.map((path) => expect.stringMatching(`may read ${path} .mode 0644.*Run: chmod 600 ${path}$`)),
    )
  })

  it('72. a symbolic link in place of a file is warned of', async () => {
    const [directory, elsewhere] = [await folder(onTestFinished), await folder(onTestFinished)]
    expect(await warnedOf(elsewhere)).toEqual([])
    await symlink(join(elsewhere, 'data.mdb'), join(directory, 'data.mdb'))
    expect(await warnedOf(directory)).toEqual([
      expect.stringMatching(`^${join(directory, 'data.mdb')} is a symbolic link.*Put the file itself there`),
    ])
  })
})

describe.skipIf(process.platform === 'win32')('an LMDB folder that goes while it is used (not on Windows)', () => {
  async function used() {
    const parent = await mkdtemp(join(tmpdir(), 'koa-scopes-lmdb-'))
    onTestFinished(() => rm(parent, { recursive: true }))
    const directory = join(parent, 'data')
    const driver = await opened(directory)
    const space = driver.space('s', { endGraceMs: 0 })
    await space.save(creation('a'), { now })
    onTestFinished(() => driver.close())
    return { directory, aside: join(parent, 'aside'), driver, space }
  }
  const unavailable = (reason: RegExp) => ({
    code: 'STORAGE_UNAVAILABLE',
    message: expect.stringMatching(reason),
  })

  it('95. refuses writes, health and soon reads, and goes on when it is put back', async () => {
    const { directory, aside, driver, space } = await used()
    await rename(directory, aside)
    await expect(space.save(creation('b'), { now })).rejects.toMatchObject(
      unavailable(/was removed.*put the same folder/),
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
    await cp(aside, directory, { recursive: true })
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

  it.each(files)('95. notices that %s alone was replaced', async (file) => {
    const { directory, space } = await used()
    await rename(join(directory, file), join(directory, 'aside'))
    await writeFile(join(directory, file), '')
    await expect(space.save(creation('b'), { now })).rejects.toMatchObject(unavailable(/was replaced/))
  })

  it('95. acknowledges no change whose commit it did not outlast', async () => {
    const { directory, aside, space } = await used()
    // Asked for in the transaction, before the change: the folder goes between that and the commit.
    const deadline = {
      leftMs: 1_000,
      signal: new AbortController().signal,
      get isPast(): boolean {
        if (existsSync(directory)) renameSync(directory, aside)
        return false
      },
    }
    const saving = space.save(creation('b'), { now, deadline })
    await expect(saving).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
  })
})
