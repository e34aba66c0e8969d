import { readFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import type { GroupName, StorageName } from '../contestants.js'
import { benchFolder } from '../folder.js'
import { startStorage } from '../measure/storage.js'
import type { Surroundings } from './results.js'

/** Packages that only the measuring side uses. */
const tools = ['koa-scopes', 'mitata', 'undici']
/** Packages of one group; what is in none of these belongs to the group `redis`. */
const only = {
  sql: ['connect-pg-simple', 'express-mysql-session', 'pg'],
  hazelcast: [],
  mongodb: ['connect-mongo', 'mongodb'],
  encrypt: [],
} as const
const frameworks = {
  sql: ['express', 'express-session'],
  hazelcast: [],
  mongodb: ['express', 'express-session'],
  encrypt: [],
} as const

const clients: Readonly<Record<GroupName, readonly string[]>> = {
  redis: ['ioredis'],
  sql: ['pg', 'mariadb', 'libsql'],
  hazelcast: ['hazelcast-client'],
  mongodb: ['mongodb'],
  encrypt: ['ioredis'],
}

/** Call this before the first measurement. `storages`: those of the run; `group`: its contestants, whose versions count. */
export async function surroundings(
  storages: readonly StorageName[],
  group: GroupName = 'redis',
): Promise<Surroundings> {
  const [cpu] = cpus()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${gigabytes} GB, ${process.platform}`,
    load: loadavg()[0] ?? 0,
    node: process.version,
    servers: (await serverVersions(storages)).join(', '),
    versions: await versions(group),
  }
}

async function serverVersions(storages: readonly StorageName[]): Promise<readonly string[]> {
  const all = await Promise.all([...new Set(storages)].map(serverVersion))
  return all.filter((version) => version !== undefined)
}

async function serverVersion(kind: StorageName): Promise<string | undefined> {
  const storage = await startStorage(kind)
  try {
    return await storage.version?.()
  } finally {
    await storage.stop()
  }
}

async function versions(group: GroupName): Promise<Record<string, string>> {
  const { dependencies } = await packageAt('package.json')
  const names = Object.keys(dependencies).filter((name) => isOf(group, name))
  const all = await Promise.all(
    names.map(async (name) => [name, (await packageAt(`node_modules/${name}/package.json`)).version] as const),
  )
  const own = await Promise.all(
    clients[group].map(
      async (name) =>
        [`${name} of koa-scopes`, (await packageAt(`../node_modules/${name}/package.json`)).version] as const,
    ),
  )
  return Object.fromEntries([...all, ...own])
}

/** Whether the peers of this group use the package. */
function isOf(group: GroupName, name: string): boolean {
  if (group === 'redis') return ![...tools, ...Object.values(only).flat()].includes(name)
  return [...only[group], ...frameworks[group], 'koa', 'superjson'].includes(name)
}

async function packageAt(path: string): Promise<{ version: string; dependencies: Record<string, string> }> {
  return JSON.parse(await readFile(new URL(path, benchFolder), 'utf8'))
}
