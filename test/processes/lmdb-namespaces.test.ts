import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { folder } from '../drivers/lmdb-fixture.js'
import { programAt } from '../support/program.js'

/** As a container has it: the first process in it is pid 1. */
const namespace = ['--pid', '--fork', '--mount-proc', '--kill-child']
const canUnshare = spawnSync('unshare', [...namespace, 'true']).status === 0
/** A hang fails. */
const deadline = { timeout: 120_000 }

const refusal = {
  code: 'STORAGE_UNUSABLE',
  message: expect.stringMatching(
    /process of another pid namespace.*share a pid namespace.*shareProcessNamespace.*Redis/,
  ),
}

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** A process that opens the store and then counts in it as often as it is asked to. */
class Container {
  readonly #child: ChildProcess

  /** `pids` processes are started in its namespace before it, so that it is not pid 1. */
  constructor(directory: string, { pids = 0, prefix = ['unshare', ...namespace] } = {}) {
    const { file, execArgv } = programAt(new URL('embedded-worker.ts', import.meta.url))
    const node = [process.execPath, ...execArgv, file, directory, 'count']
    const shell = ['sh', '-c', `${'true & '.repeat(pids)} "$@" & wait $!`, 'sh', ...node]
    const [command = '', ...args] = [...prefix, ...(pids > 0 ? shell : node)]
    this.#child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' })
    started.push(this.#child)
  }

  /** What it reports next: that it has opened the store, or why not; later, the count. */
  async report(): Promise<unknown> {
    const settled = new AbortController()
    const ended = once(this.#child, 'exit', settled).then(([code]) => `ended with ${code}`)
    ended.catch(() => {})
    try {
      return await Promise.race([once(this.#child, 'message', settled).then(([message]) => message), ended])
    } finally {
      settled.abort()
    }
  }

  count(): Promise<unknown> {
    this.#child.send('count')
    return this.report()
  }

  signal(signal: NodeJS.Signals): void {
    const [pid] = spawnSync('pgrep', ['-P', String(this.#child.pid)], { encoding: 'utf8' }).stdout.split('\n')
    process.kill(Number(pid), signal)
  }

  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  /** In good order. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.send('stop')
    await ended
  }
}

/** A process outside of all containers. */
const onHost = (directory: string) => new Container(directory, { prefix: [] })

describe.skipIf(!canUnshare)(
  'containers on one LMDB folder (needs Linux and root, for unshare --pid)',
  deadline,
  () => {
    const place = async () => join(await folder(onTestFinished), 'data')

    async function opened(directory: string, options?: { pids: number }): Promise<Container> {
      const container = new Container(directory, options)
      expect(await container.report()).toBe('opened')
      return container
    }

    it('87. refuse each other, also with different pids, because thread ids collide too; the first one goes on', async () => {
      const directory = await place()
      const first = await opened(directory)
      expect(await first.count()).toBe(1)
      const later = [new Container(directory), new Container(directory, { pids: 40 }), onHost(directory)]
      const reports = await Promise.all(later.map((container) => container.report()))
      expect(reports).toEqual([refusal, refusal, refusal].map((error) => expect.objectContaining(error)))
      expect(await first.count()).toBe(2)
    })

    it('87. of two that start at once, one gets the store', async () => {
      const directory = await place()
      const both = [new Container(directory), new Container(directory, { pids: 5 })]
      const reports = await Promise.all(both.map((container) => container.report()))
      expect(reports).toContain('opened')
      expect(reports).toContainEqual(expect.objectContaining(refusal))
    })

    it('87. one that is started while the other one ends waits for that, however it ends', async () => {
      const directory = await place()
      for (const end of ['kill', 'stop', 'kill'] as const) {
        const before = await opened(directory)
        await before.count()
        const next = new Container(directory)
        const report = next.report()
        await before[end]()
        expect(await report).toBe('opened')
        await next.count()
        await next.kill()
      }
      expect(await (await opened(directory)).count()).toBe(7)
    })

    it('87. one that is frozen is no reason to hang either', async () => {
      const directory = await place()
      const first = await opened(directory)
      await first.count()
      first.signal('SIGSTOP')
      expect(await new Container(directory).report()).toMatchObject(refusal)
      first.signal('SIGCONT')
      expect(await first.count()).toBe(2)
    })

    it('87. what killed ones leave behind keeps no later one from the store', async () => {
      const directory = await place()
      for (const pids of [0, 5, 0]) await (await opened(directory, { pids })).kill()
      const first = await opened(directory, { pids: 5 })
      expect(await first.count()).toBe(1)
    })
  },
)
