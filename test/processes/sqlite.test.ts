import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Driver, Space } from '../../src/storage/contract.js'
import { bytes, creation, file, folder, now, opened } from '../drivers/sqlite-fixture.js'
import { forkProgram, programAt } from '../support/program.js'

const worker = new URL('embedded-worker.ts', import.meta.url)
const start = (directory: string, job: string): ChildProcess =>
  forkProgram(worker, [directory, job, 'sqlite'], { serialization: 'advanced' })

const spawnWithMessages = (command: string, args: readonly string[]): ChildProcess =>
  spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' })

/** The next message; throws when the child ends without one. */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController()
  const ended = once(child, 'exit', settled).then(([code]) => {
    throw new Error(`The child process ended with ${code} and said nothing`)
  })
  try {
    return (await Promise.race([once(child, 'message', settled), ended]))[0]
  } finally {
    ended.catch(() => undefined)
    settled.abort()
  }
}

/** Four processes that begin when all are ready. */
async function startTogether(directory: string, job: string): Promise<readonly ChildProcess[]> {
  const children = [1, 2, 3, 4].map(() => start(directory, job))
  await Promise.all(children.map(nextMessage))
  for (const child of children) child.send('start')
  return children
}

const exited = async (child: ChildProcess) => child.exitCode ?? (await once(child, 'exit'))[0]
const spaceOf = (driver: Driver) => driver.space('shop:session', { endGraceMs: 0 })

async function store() {
  const directory = await folder(onTestFinished)
  const driver = await opened(directory)
  onTestFinished(() => driver.close())
  return { directory, driver, space: spaceOf(driver) }
}

/** Creates 500 expired records; returns their ids. */
async function expiredIn(space: Space): Promise<readonly string[]> {
  const ids = [...Array(500).keys()].map(String)
  const life = { idleMs: 0, endsAt: null }
  await Promise.all(ids.map((id) => space.save(creation(id, { life, set: new Map([['a', bytes(50)]]) }), { now })))
  return ids
}

describe('four processes on one SQLite file', () => {
  it('create it at once', async () => {
    const directory = await folder(onTestFinished)
    const children = [1, 2, 3, 4].map(() => start(directory, 'count'))
    expect(await Promise.all(children.map(nextMessage))).toEqual(Array(4).fill('opened'))
    for (const child of children) child.send('count')
    const counts = await Promise.all(children.map(nextMessage))
    // Each adds the number it has counted as a record; those that counted at once add the same.
    expect(counts.every((count) => Number(count) >= 1)).toBe(true)
    for (const child of children) child.send('stop')
    expect(await Promise.all(children.map(exited))).toEqual([0, 0, 0, 0])
  })

  it('end every expired record exactly once between them', async () => {
    const { directory, space } = await store()
    const ids = await expiredIn(space)
    const children = await startTogether(directory, 'reap')
    const ended = (await Promise.all(children.map(nextMessage))) as string[][]
    expect(ended.flat().toSorted()).toEqual(ids.toSorted())
    expect(await space.claimExpired({ now, limit: 10, leaseMs: 1_000 })).toEqual([])
  })

  it('lose none of the attributes they set in one record at once', async () => {
    const { directory, space } = await store()
    await space.save(creation('shared'), { now })
    const children = await startTogether(directory, 'deltas')
    expect(await Promise.all(children.map(exited))).toEqual([0, 0, 0, 0])
    const found = await space.load('shared', { now })
    expect(found.status === 'loaded' && found.record.attributes.size).toBe(800)
  })
})

describe('two processes on one SQLite file', () => {
  it('see at once what the other has been told is saved', async () => {
    const { directory, space } = await store()
    const child = start(directory, 'read')
    await nextMessage(child)
    for (let n = 0; n < 100; n += 1) {
      await space.save(creation(`${n}`, { set: new Map([[`attribute ${n}`, bytes(10_000)]]) }), { now })
      child.send(`${n}`)
      expect(await nextMessage(child)).toEqual([`attribute ${n}`])
    }
    child.send('')
    expect(await exited(child)).toBe(0)
  })

  it('load no version with the attributes of another one', async () => {
    const { directory, space } = await store()
    await space.save(creation('shared'), { now })
    const child = start(directory, 'versions')
    onTestFinished(() => void child.kill('SIGKILL'))
    await nextMessage(child)
    const seen = new Set<string>()
    for (let n = 0; n < 3_000 || seen.size < 100; n += 1) {
      const touch = n % 2 ? { touchedAt: now + n } : undefined
      const found = await space.load('shared', { now, ...(touch && { touch }) })
      if (found.status !== 'loaded') throw new Error(`The record is ${found.status}`)
      const { version, attributes } = found.record
      expect(Buffer.from(attributes.get('last') ?? []).toString()).toBe(version)
      seen.add(version)
    }
  })

  it('do not hinder each other when one is killed while it writes', async () => {
    const { directory, space } = await store()
    const child = start(directory, 'create')
    const acknowledged: string[] = []
    child.on('message', (ids: string[]) => acknowledged.push(...ids))
    while (acknowledged.length < 300) await once(child, 'message')
    child.kill('SIGKILL')
    await exited(child)
    expect(await space.save(creation('after'), { now })).toMatchObject({ status: 'saved' })
    const found = await Promise.all(acknowledged.map((id) => space.load(id, { now })))
    expect(found.filter(({ status }) => status !== 'loaded')).toEqual([])
  })
})

describe('a process that is killed while it writes', () => {
  it.each([1, 2, 3])('leaves all it acknowledged to the next one that opens the file (%s)', async () => {
    const directory = await folder(onTestFinished)
    const child = start(directory, 'create')
    const acknowledged: string[] = []
    child.on('message', (ids: string[]) => acknowledged.push(...ids))
    while (acknowledged.length < 200) await once(child, 'message')
    child.kill('SIGKILL')
    await exited(child)

    const driver = await opened(directory)
    onTestFinished(() => driver.close())
    const space = spaceOf(driver)
    const found = await Promise.all(acknowledged.map((id) => space.load(id, { now })))
    expect(found.filter(({ status }) => status !== 'loaded')).toEqual([])
    expect(await space.count({ now })).toBeGreaterThanOrEqual(acknowledged.length)
    expect(await space.save(creation('after'), { now })).toMatchObject({ status: 'saved' })
  })
})

describe('an SQLite file that cannot be used', () => {
  const unusable = (reason: RegExp) => ({ code: 'STORAGE_UNUSABLE', message: expect.stringMatching(reason) })

  it.each([
    ['file', 0o777, 0o400],
    ['folder', 0o555, 0o666],
  ])('because this user has no rights on the %s says so', async (what, folderMode, fileMode) => {
    const directory = await folder(onTestFinished)
    await writeFile(join(directory, file), '')
    await chmod(directory, folderMode)
    await chmod(join(directory, file), fileMode)
    const child = start(directory, 'unprivileged')
    const reason = new RegExp(`user 65534.*may not read and write the ${what}.*Give its user the right`)
    expect(await nextMessage(child)).toMatchObject(unusable(reason))
    await exited(child)
  })

  it('because its folder cannot be created says so', async () => {
    const directory = await folder(onTestFinished)
    await chmod(directory, 0o555)
    const child = start(join(directory, 'data'), 'unprivileged')
    expect(await nextMessage(child)).toMatchObject(unusable(/cannot be created.*permission denied/))
    await exited(child)
  })

  const mounted = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0
  it.skipIf(!mounted)('because the disk is full says so, stays readable and recovers (needs unshare -rm)', async () => {
    const directory = await folder(onTestFinished)
    const script = 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"'
    const { file: program, execArgv } = programAt(worker)
    const node = [process.execPath, ...execArgv, program, directory, 'fillBesideOther', 'sqlite']
    const child = spawnWithMessages('unshare', ['-rm', 'sh', '-c', script, directory, ...node])
    expect(await nextMessage(child)).toEqual({
      refusals: ['STORAGE_FULL'],
      readable: 'loaded',
      again: 'saved',
      count: 0,
    })
    expect(await exited(child)).toBe(0)
  })
})

describe('processes of several pid namespaces on one SQLite file', () => {
  const namespace = ['--pid', '--fork', '--mount-proc', '--kill-child']
  const canUnshare = spawnSync('unshare', [...namespace, 'true']).status === 0

  it.skipIf(!canUnshare)('share it, also with the same pid (needs Linux and root)', async () => {
    const { directory, space } = await store()
    const { file: program, execArgv } = programAt(worker)
    const node = [process.execPath, ...execArgv, program, directory, 'reap', 'sqlite']
    const ids = await expiredIn(space)
    const children = [1, 2, 3].map(() => spawnWithMessages('unshare', [...namespace, ...node]))
    onTestFinished(() => {
      for (const child of children) child.kill('SIGKILL')
    })
    await Promise.all(children.map(nextMessage))
    for (const child of children) child.send('start')
    const ended = (await Promise.all(children.map(nextMessage))) as string[][]
    expect(ended.flat().toSorted()).toEqual(ids.toSorted())
  })
})
