import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { benchFolder } from '../folder.js'
import type { Surroundings } from './results.js'

/** Packages that only the measuring side uses. */
const tools = ['koa-scopes', 'mitata', 'undici']

/** Call this before the first measurement. */
export async function surroundings(): Promise<Surroundings> {
  const [cpu] = cpus()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${gigabytes} GB, ${process.platform}`,
    load: loadavg()[0] ?? 0,
    node: process.version,
    redis: await redisVersion(),
    versions: await versions(),
  }
}

async function redisVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)('redis-server', ['--version'])
  return /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown'
}

async function versions(): Promise<Record<string, string>> {
  const { dependencies } = await packageAt('package.json')
  const names = Object.keys(dependencies).filter((name) => !tools.includes(name))
  const all = await Promise.all(
    names.map(async (name) => [name, (await packageAt(`node_modules/${name}/package.json`)).version] as const),
  )
  const own = await packageAt('../node_modules/ioredis/package.json')
  return { ...Object.fromEntries(all), 'ioredis of koa-scopes': own.version }
}

async function packageAt(path: string): Promise<{ version: string; dependencies: Record<string, string> }> {
  return JSON.parse(await readFile(new URL(path, benchFolder), 'utf8'))
}
