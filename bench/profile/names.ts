import type { Frame } from './cpu-profile.js'

/** For example `scopes/values.js`, `~ioredis/built/Redis.js`, `node:net`; empty if it is not JavaScript. */
function fileOf({ url }: Frame): string {
  const path = decodeURIComponent(url).replace(/^file:\/\//, '')
  const [, dependency] = /.*\/node_modules\/(.+)/.exec(path) ?? []
  return dependency ? `~${dependency}` : path.replace(/.*\/dist\//, '')
}

/** One of our files, a whole dependency, a module of Node, or the name of a function that is not JavaScript. */
export function groupOf(frame: Frame): string {
  const file = fileOf(frame)
  const [, dependency] = /^(~(?:@[^/]+\/)?[^/]+)/.exec(file) ?? []
  return dependency ?? (file || frame.functionName)
}

/** The clients of stores; `pg` includes pg-protocol and others of its packages. */
const clients: readonly string[] = ['ioredis', 'redis', 'pg', 'mariadb', 'mysql2', 'libsql']

/** Coarser: a task of the server, or one of our own folders. */
export function partOf(frame: Frame): string {
  const file = fileOf(frame)
  const client = clients.find((name) => file.startsWith(`~${name}`))
  if (client) return client
  if (file.startsWith('~')) return 'framework and other dependencies'
  if (/^node:(net|internal\/stream)/.test(file) || /^(write|shutdown)/.test(frame.functionName)) return 'sockets'
  if (file.startsWith('node:internal/crypto') || frame.functionName === 'hash') return 'digest of the secret'
  if (file.startsWith('node:') || !file.includes('/')) return partsOfNode.get(frame.functionName) ?? 'the rest of Node'
  return file.startsWith('bench/') ? 'the page itself' : `koa-scopes: ${file.replace(/\/[^/]*$/, '')}`
}

const partsOfNode: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collector'],
  ['runMicrotasks', 'promises'],
  ['processTicksAndRejections', 'promises'],
])

export function functionOf(frame: Frame): string {
  const name = frame.functionName || '(anonymous)'
  return frame.url ? `${name}  ${fileOf(frame)}:${frame.lineNumber + 1}` : name
}
