import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { endedWithProcess } from './ended-with-process.js'
import { installedProgram, type ServerProgram } from './installed-program.js'

/** A server between visitors and the nodes: a shared cache, a load balancer. */
export interface FrontServer {
  readonly url: string
  stop(): Promise<void>
}

export interface FrontPlace {
  /** Its own, in which it may write as any user. */
  readonly folder: string
  readonly port: number
}

/** A program, and how it is started with a configuration. */
export interface FrontKind {
  readonly program: ServerProgram
  readonly parameters: (file: string) => readonly string[]
  readonly configuration: (place: FrontPlace) => string
}

const isRoot = process.getuid?.() === 0

const moduleFolder = (): string => {
  const folders = [
    '/usr/lib/apache2/modules',
    '/usr/lib64/httpd/modules',
    '/usr/lib/httpd/modules',
    '/usr/libexec/apache2',
  ]
  const found = folders.find((folder) => existsSync(join(folder, 'mod_proxy.so')))
  if (!found) throw new Error('These tests need the modules of Apache httpd: install them where it looks for them.')
  return found
}

/** Apache httpd with these modules besides those that every proxy needs. */
export const apache = (modules: readonly string[], settings: (place: FrontPlace) => string): FrontKind => ({
  program: {
    variable: 'HTTPD_PATH',
    names: ['apache2', 'httpd'],
    package: 'apache2-bin',
    remedy: 'These tests need Apache httpd with its modules: put apache2 or httpd on the PATH, or set HTTPD_PATH.',
  },
  parameters: (file) => ['-DFOREGROUND', '-f', file],
  configuration: (place) => {
    const { folder, port } = place
    const needed = ['mpm_event', 'unixd', 'authz_core', 'proxy', 'proxy_http', ...modules]
    // Systems build other modules into the program.
    const loads = needed.map(
      (name) => `<IfModule !${name}_module>\nLoadModule ${name}_module ${moduleFolder()}/mod_${name}.so\n</IfModule>`,
    )
    return [
      ...loads,
      ...(isRoot ? ['User "#65534"', 'Group "#65534"'] : []),
      `ServerRoot ${folder}`,
      `DefaultRuntimeDir ${folder}`,
      `PidFile ${folder}/pid`,
      'ServerName 127.0.0.1',
      `Listen 127.0.0.1:${port}`,
      `ErrorLog ${folder}/errors`,
      'LogLevel error',
      settings(place),
    ].join('\n')
  },
})

/** nginx; `settings` is what stands in `http`. */
export const nginx = (settings: (place: FrontPlace) => string): FrontKind => ({
  program: {
    variable: 'NGINX_PATH',
    names: ['nginx'],
    package: 'nginx',
    remedy: 'These tests need nginx: put it on the PATH, or set NGINX_PATH.',
  },
  parameters: (file) => ['-c', file, '-e', 'stderr'],
  configuration: (place) =>
    [
      ...(isRoot ? ['user root;'] : []),
      'daemon off;',
      'worker_processes 1;',
      `pid ${place.folder}/pid;`,
      `error_log ${place.folder}/errors error;`,
      'events { worker_connections 64; }',
      'http {',
      'access_log off;',
      ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${place.folder}/${name};`,
      ),
      settings(place),
      '}',
    ].join('\n'),
})

export const haproxy = (settings: (place: FrontPlace) => string): FrontKind => ({
  program: {
    variable: 'HAPROXY_PATH',
    names: ['haproxy'],
    package: 'haproxy',
    remedy: 'These tests need HAProxy: put haproxy on the PATH, or set HAPROXY_PATH.',
  },
  parameters: (file) => ['-db', '-q', '-f', file],
  configuration: settings,
})

/** Starts a server on loopback with a folder of its own. Resolves when it accepts connections. */
export async function startFront({ configuration, parameters, program }: FrontKind): Promise<FrontServer> {
  const path = await installedProgram(program)
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-front-'))
  await chmod(folder, 0o777)
  const port = await freePort()
  const file = join(folder, 'configuration')
  await writeFile(file, `${configuration({ folder, port })}\n`)
  const child = spawn(path, parameters(file), { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(endedWithProcess(child), 'exit')
  const errors = text(child.stderr)
  const failed = ended.then(async () => {
    const log = await readFile(join(folder, 'errors'), 'utf8').catch(() => '')
    throw new Error(`${path} ended:\n${await errors}${log}`)
  })
  failed.catch(() => {})
  await Promise.race([accepts(port, child), failed])
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

/** A refused connection takes a moment, which is pause enough. */
async function accepts(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
  }
}
