import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Driver } from '../../src/storage/contract.js'
import { bytes, creation, folder, now, opened } from '../drivers/lmdb-fixture.js'
import { forkProgram, programAt } from '../support/program.js'

const worker = new URL('embedded-worker.ts', import.meta.url)
const start = (directory: string, job: string): ChildProcess =>
  forkProgram(worker, [directory, job], { serialization: 'advanced' })

const spawnWithMessages = (command: string, args: readonly string[]): ChildProcess =>
  spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' })

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

/** Two processes that begin when both are ready. */
async function startTogether(directory: string, job: string): Promise<readonly ChildProcess[]> {
  const children = [start(directory, job), start(directory, job)]
  await Promise.all(children.map(nextMessage))
  for (const child of children) child.send('start')
  return children
}

const exited = async (child: ChildProcess) => child.exitCode ?? (await once(child, 'exit'))[0]
const spaceOf = (driver: Driver) => driver.space('shop:session', { endGraceMs: 0 })

async function store() {
  const directory = await folder(onTestFinished)
  const driver = await opened(directory)
  return { directory, driver, space: spaceOf(driver) }
}

describe('two processes on one LMDB file', () => {
  it('end every expired record exactly once between them', async () => {
    const { directory, driver, space } = await store()
    const ids = [...Array(500).keys()].map(String)
    const life = { idleMs: 0, endsAt: null }
    await Promise.all(ids.map((id) => space.save(creation(id, { life, set: new Map([['a', bytes(50)]]) }), { now })))
    const children = await startTogether(directory, 'reap')
    const ended = (await Promise.all(children.map(nextMessage))) as string[][]
    await Promise.all(children.map(exited))
    expect(ended.flat().sort()).toEqual([...ids].sort())
    await driver.close()
  })

  it('lose none of the attributes they set in one record at once', async () => {
    const { directory, driver, space } = await store()
    await space.save(creation('shared'), { now })
    const children = await startTogether(directory, 'deltas')
    expect(await Promise.all(children.map(exited))).toEqual([0, 0])
    const found = await space.load('shared', { now })
    expect(found.status === 'loaded' && found.record.attributes.size).toBe(400)
    await driver.close()
  })

  it('see at once what the other has been told is saved', async () => {
    const { directory, driver, space } = await store()
    const child = start(directory, 'read')
    await nextMessage(child)
    for (let n = 0; n < 100; n += 1) {
      await space.save(creation(`${n}`, { set: new Map([[`attribute ${n}`, bytes(10_000)]]) }), { now })
      child.send(`${n}`)
      expect(await nextMessage(child)).toEqual([`attribute ${n}`])
    }
    child.send('')
    expect(await exited(child)).toBe(0)
    await driver.close()
  })

  it('do not hinder each other when one is killed while it writes', async () => {
    const { directory, driver, space } = await store()
    const child = start(directory, 'create')
    const acknowledged: string[] = []
    child.on('message', (ids: string[]) => acknowledged.push(...ids))
    while (acknowledged.length < 300) await once(child, 'message')
    child.kill('SIGKILL')
    await exited(child)
    expect(await space.save(creation('after'), { now })).toMatchObject({ status: 'saved' })
    const found = await Promise.all(acknowledged.map((id) => space.load(id, { now })))
    expect(found.filter(({ status }) => status !== 'loaded')).toEqual([])
    await driver.close()
  })
})

describe('a process that exits while it writes', () => {
  it('does end, and hinders nobody', async () => {
    const { directory, driver, space } = await store()
    const [code, signal] = await once(start(directory, 'exitWhileWriting'), 'exit')
    expect([code, signal]).toEqual([null, 'SIGKILL'])
    expect(await space.save(creation('after'), { now })).toMatchObject({ status: 'saved' })
    expect((await space.load('before', { now })).status).toBe('loaded')
    expect((await space.load('at exit', { now })).status).toBe('missing')
    await driver.close()
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
    const space = spaceOf(driver)
    const found = await Promise.all(acknowledged.map((id) => space.load(id, { now })))
    expect(found.filter(({ status }) => status !== 'loaded')).toEqual([])
    expect(await space.count({ now })).toBeGreaterThanOrEqual(acknowledged.length)
    expect(await space.save(creation('after'), { now })).toMatchObject({ status: 'saved' })
    await driver.close()
  })
})

describe('an LMDB store that cannot be used', () => {
  it('because this user has no rights on it says so', async () => {
    const directory = await folder(onTestFinished)
    await writeFile(join(directory, 'data.mdb'), '')
    await chmod(directory, 0o555)
    await chmod(join(directory, 'data.mdb'), 0o400)
    const child = start(directory, 'unprivileged')
    const outcome = await nextMessage(child)
    expect(outcome).toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    expect((outcome as Error).message).toMatch(/permission denied/i)
    await exited(child)
  })

  const mounted = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0
  it.skipIf(!mounted)('because the disk is full says so, stays readable and recovers (needs unshare -rm)', async () => {
    const directory = await folder(onTestFinished)
    const script = 'mount -t tmpfs -o size=3m tmpfs "$0" && exec "$@"'
    const { file, execArgv } = programAt(worker)
    const node = [process.execPath, ...execArgv, file, directory, 'fill']
    const child = spawnWithMessages('unshare', ['-rm', 'sh', '-c', script, directory, ...node])
    expect(await nextMessage(child)).toEqual({ refusal: 'STORAGE_FULL', readable: 'loaded', again: 'saved' })
    expect(await exited(child)).toBe(0)
  })
})
