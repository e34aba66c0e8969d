import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { installedProgram, type ServerProgram } from './installed-program.js'

/** A shared cache between visitors and a server. Its answers say in `X-Cache` whether they come from the store. */
export interface SharedCache {
  readonly url: string
  stop(): Promise<void>
}

interface Place {
  /** Its own, in which it may write as any user. */
  readonly folder: string
  readonly port: number
  /** The URL of the server behind it. */
  readonly origin: string
}

interface Kind {
  readonly program: ServerProgram
  readonly configuration: (place: Place) => string
  readonly parameters: (file: string) => readonly string[]
}

const isRoot = process.getuid?.() === 0

const moduleFolder = (): string => {
  const folders = [
    '/usr/lib/apache2/modules',
    '/usr/lib64/httpd/modules',
    '/usr/lib/httpd/modules',
    '/usr/libexec/apache2',
  ]
  const found = folders.find((folder) => existsSync(join(folder, 'mod_cache.so')))
  if (!found) throw new Error('These tests need mod_cache of Apache httpd: install it where its other modules are.')
  return found
}

const apache = (modules: readonly string[], settings: readonly string[]): Kind => ({
  program: {
    variable: 'HTTPD_PATH',
    names: ['apache2', 'httpd'],
    package: 'apache2-bin',
    remedy: 'These tests need Apache httpd with mod_cache: put apache2 or httpd on the PATH, or set HTTPD_PATH.',
  },
  parameters: (file) => ['-DFOREGROUND', '-f', file],
  configuration: ({ folder, port, origin }) => {
    const needed = ['mpm_event', 'unixd', 'authz_core', 'proxy', 'proxy_http', 'cache', ...modules]
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
      'CacheHeader on',
      ...settings.map((line) => line.replaceAll('FOLDER', folder)),
      `ProxyPass / ${origin}/`,
    ].join('\n')
  },
})

const nginx = (settings: readonly string[]): Kind => ({
  program: {
    variable: 'NGINX_PATH',
    names: ['nginx'],
    package: 'nginx',
    remedy: 'These tests need nginx: put it on the PATH, or set NGINX_PATH.',
  },
  parameters: (file) => ['-c', file, '-e', 'stderr'],
  configuration: ({ folder, port, origin }) =>
    [
      ...(isRoot ? ['user root;'] : []),
      'daemon off;',
      'worker_processes 1;',
      `pid ${folder}/pid;`,
      `error_log ${folder}/errors error;`,
      'events { worker_connections 64; }',
      'http {',
      'access_log off;',
      ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`),
      `proxy_cache_path ${folder}/cache keys_zone=pages:1m;`,
      `server { listen 127.0.0.1:${port}; location / {`,
      `proxy_pass ${origin};`,
      'proxy_cache pages;',
      'add_header X-Cache $upstream_cache_status always;',
      ...settings,
      '} } }',
    ].join('\n'),
})

/** Shared caches as sites have them, and with everything that a cache may do of its own accord. None ignores a header. */
export const sharedCaches = {
  'Apache mod_cache_disk': apache(['cache_disk'], ['CacheRoot FOLDER', 'CacheEnable disk /']),
  'Apache mod_cache_socache, eager': apache(
    ['cache_socache', 'socache_shmcb'],
    [
      'CacheSocache shmcb:FOLDER/cache(1048576)',
      'CacheEnable socache /',
      'CacheIgnoreNoLastMod On',
      'CacheDefaultExpire 600',
      'CacheStoreExpired On',
    ],
  ),
  nginx: nginx(['proxy_cache_valid 200 1m;']),
  'nginx, eager': nginx([
    'proxy_cache_valid any 1m;',
    'proxy_cache_revalidate on;',
    'proxy_cache_use_stale error timeout updating http_500;',
    'proxy_cache_lock on;',
  ]),
} satisfies Record<string, Kind>

/** Starts a shared cache before a server, on loopback and with a folder of its own. Resolves when it accepts connections. */
export async function startSharedCache(name: keyof typeof sharedCaches, origin: string): Promise<SharedCache> {
  const { configuration, parameters, program }: Kind = sharedCaches[name]
  const path = await installedProgram(program)
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-cache-'))
  await chmod(folder, 0o777)
  const port = await freePort()
  const file = join(folder, 'configuration')
  await writeFile(file, `${configuration({ folder, port, origin })}\n`)
  const child = spawn(path, parameters(file), { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
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
