import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createContainer } from '../../src/container/create-container.js'
import { silentLogger } from '../../src/support/logger.js'
import { exitOf, main } from '../support/cli.js'
import { withFolder } from '../support/container.js'
import { programAt } from '../support/program.js'
import { sessionPages, shop } from '../support/shop.js'
import { serveContainer, Visitor } from '../support/visitor.js'

const config = `server: { port: 0 }
caches: { disk: { driver: lmdb, path: ./data, storage: true } }
applications: { shop: { module: ./shop.js, session: { storage: disk, cluster: false, backup: behind } } }
`

/** A request to /held runs until there is a file `release`. The process notes in files that it ended, and how. */
const module = `import { existsSync, watch, writeFileSync } from 'node:fs'

process.on('exit', (code) => writeFileSync('exit', String(code)))
writeFileSync('pid', String(process.pid))

const released = () => new Promise((resolve) => {
  const look = () => existsSync('release') && resolve()
  watch('.', look)
  look()
})

export default {
  onApplicationEnd() {
    writeFileSync('ended', '')
  },
  setup(app) {
    app.use(async (ctx) => {
      ctx.session.path = ctx.path
      ctx.body = 'finished'
      if (ctx.path !== '/held') return
      console.log('held')
      await released()
    })
  },
}`

type Child = ChildProcessByStdio<null, Readable, null>

/** A folder from which \`koa-scopes\` is started, as a project that has installed it. */
class Project {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  static use(use: (project: Project) => Promise<void>): Promise<void> {
    return withFolder(async (folder) => {
      const { file } = programAt(main)
      await chmod(file, 0o755)
      await mkdir(join(folder, 'node_modules/.bin'), { recursive: true })
      await symlink(file, join(folder, 'node_modules/.bin/koa-scopes'))
      const scripts = { start: 'koa-scopes start', exec: 'exec koa-scopes start', two: 'true && koa-scopes start' }
      await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts }))
      await writeFile(join(folder, 'app.config.yaml'), config)
      await writeFile(join(folder, 'shop.js'), module)
      await use(new Project(folder))
    })
  }

  /** In a process group of its own, as a terminal starts it. */
  start([command = '', ...args]: readonly string[], env: NodeJS.ProcessEnv = {}): Server {
    const { npm_lifecycle_event: _, ...others } = process.env
    const path = [dirname(process.execPath), join(this.folder, 'node_modules/.bin'), process.env.PATH].join(delimiter)
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { ...others, PATH: path, npm_config_update_notifier: 'false', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    const server = new Server(child)
    onTestFinished(() => server.kill())
    return server
  }

  note(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8')
  }

  release(): Promise<void> {
    return writeFile(join(this.folder, 'release'), '')
  }

  /** The application has ended, and its process with 0. */
  async hasStopped(): Promise<void> {
    await vi.waitFor(async () => expect(await this.note('exit')).toBe('0'), 20_000)
    expect(await this.note('ended')).toBe('')
  }

  /** What the store holds of a visitor's session. */
  async stored(visitor: Visitor): Promise<unknown> {
    const container = await createContainer(join(this.folder, 'app.config.yaml'), {
      applications: { shop: shop(sessionPages) },
      logger: silentLogger,
    })
    const { url, close } = await serveContainer(container)
    const data = (await visitor.get(url, '/read')).json()
    await close()
    await container.close()
    return data
  }
}

class Server {
  readonly child: Child
  readonly #lines: string[] = []

  constructor(child: Child) {
    this.child = child
    createInterface(child.stdout).on('line', (line) => this.#lines.push(line))
  }

  async says(text: RegExp): Promise<RegExpExecArray> {
    return vi.waitFor(() => {
      const found = this.#lines.map((line) => text.exec(line)).find(Boolean)
      if (!found) throw new Error(`It has not said ${text}:\n${this.#lines.join('\n')}`)
      return found
    }, 30_000)
  }

  async url(): Promise<string> {
    return (await this.says(/ at (http:\S+)$/))[1] ?? ''
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** As Ctrl-C in a terminal, or a service manager: to all processes. */
  signalAll(signal: NodeJS.Signals): void {
    process.kill(-(this.child.pid ?? 0), signal)
  }

  /** Whatever of it is still there. */
  kill(): void {
    try {
      this.signalAll('SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

type Tell = (server: Server) => unknown

/** A request runs when the process is told to stop; then it is answered, stored, and the application ends. */
async function stopsInOrder(project: Project, server: Server, tell: Tell): Promise<void> {
  const url = await server.url()
  const visitor = new Visitor()
  await visitor.get(url)
  const answer = visitor.get(url, '/held')
  await server.says(/^held$/)
  await tell(server)
  await server.says(/: stopping; another signal stops at once/)
  await vi.waitFor(() => expect(fetch(url)).rejects.toThrow(), 10_000)
  await project.release()
  expect((await answer).text).toBe('finished')
  await project.hasStopped()
  expect(await project.stored(visitor)).toEqual({ path: '/held' })
}

const ownProgram = (): readonly string[] => {
  const { execArgv, file } = programAt(new URL('stop-program.ts', import.meta.url))
  return [process.execPath, ...execArgv, file, 'app.config.yaml']
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a signal to', () => {
  const direct = [
    ['koa-scopes start', 'SIGTERM', () => ['koa-scopes', 'start']],
    ['koa-scopes start', 'SIGINT', () => ['koa-scopes', 'start']],
    ['koa-scopes start', 'SIGHUP', () => ['koa-scopes', 'start']],
    ['a program with listen({ signals: true })', 'SIGTERM', ownProgram],
  ] as const
  test.for(direct)('66. %s: it stops in order: %s', ([, signal, command]) =>
    Project.use(async (project) => {
      const server = project.start(command())
      await stopsInOrder(project, server, () => server.signal(signal))
      expect(await exitOf(server.child as never)).toBe(0)
    }),
  )

  const byNpm: Record<string, readonly string[]> = {
    'npx koa-scopes start': ['npx', 'koa-scopes', 'start'],
    'npm start': ['npm', 'start'],
    'npm start with a script of two commands': ['npm', 'run', 'two'],
    'npm start with exec in the script': ['npm', 'run', 'exec'],
  }
  test.for(Object.keys(byNpm))('66. %s: SIGTERM to npm alone', (name) =>
    Project.use(async (project) => {
      const server = project.start(byNpm[name] ?? [])
      await stopsInOrder(project, server, () => server.signal('SIGTERM'))
      const pid = Number(await project.note('pid'))
      await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 10_000)
    }),
  )

  test.for(['npx koa-scopes start', 'npm start'])('66. %s: SIGINT to the whole group, as from a terminal', (name) =>
    Project.use(async (project) => {
      const server = project.start(byNpm[name] ?? [])
      await stopsInOrder(project, server, () => server.signalAll('SIGINT'))
    }),
  )

  test('66. a process that npm started takes a second signal, which npm passes on, for the same one', () =>
    Project.use(async (project) => {
      const server = project.start(['koa-scopes', 'start'], { npm_lifecycle_event: 'start' })
      await stopsInOrder(project, server, async () => {
        server.signal('SIGTERM')
        await server.says(/^SIGTERM: stopping/)
        server.signal('SIGTERM')
      })
    }))

  test.for(['SIGTERM', 'SIGINT'] as const)(
    '66. process 1 of a pid namespace: it stops in order: %s',
    async (signal, { skip }) => {
      const namespace = await pidNamespace()
      if (!namespace) return skip('needs unshare(1) and the right to make a pid namespace')
      await Project.use(async (project) => {
        const server = project.start([...namespace, 'koa-scopes', 'start'])
        await server.url()
        expect(await project.note('pid')).toBe('1')
        const first = await childOf(server.child.pid ?? 0)
        await stopsInOrder(project, server, () => void process.kill(first, signal))
        expect(await exitOf(server.child as never)).toBe(0)
      })
    },
  )
})

describe('with standard output closed', () => {
  const cases = [
    ['koa-scopes start', 'SIGTERM', () => ['koa-scopes', 'start']],
    ["a program of one's own", 'SIGHUP', ownProgram],
  ] as const
  test.for(cases)('93. %s stops in order, and nothing that was answered is lost: %s', ([, signal, command]) =>
    Project.use(async (project) => {
      const server = project.start(command())
      const url = await server.url()
      server.child.stdout.destroy()
      const visitor = new Visitor()
      for (const path of ['/a', '/b']) expect((await visitor.get(url, path)).status).toBe(200)
      await project.release()
      expect((await visitor.get(url, '/held')).text).toBe('finished')
      server.signal(signal)
      await project.hasStopped()
      expect(await exitOf(server.child as never)).toBe(0)
      expect(await project.stored(visitor)).toEqual({ path: '/held' })
    }),
  )
})

/** The command that makes one; undefined where that is not allowed. */
async function pidNamespace(): Promise<readonly string[] | undefined> {
  const base = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']
  for (const command of [base, [...base, '--user', '--map-root-user']]) {
    const [program = '', ...args] = command
    const isAllowed = await promisify(execFile)(program, [...args, 'true']).then(
      () => true,
      () => false,
    )
    if (isAllowed) return command
  }
  return undefined
}

const childOf = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim())
