import type { Call } from '../network/call.js'
import type { RedisNode } from './client.js'
import type { RedisConnection } from './connection.js'

/** The parts of a server's INFO that this driver reads. */
export interface ServerInfo {
  readonly version: string
  readonly product: string
  readonly mode: string
}

export interface MemoryInfo {
  readonly usedMemory: number
  /** 0: no limit. */
  readonly maxMemory: number
  readonly evictionPolicy: string
}

/** The oldest version that has all commands this driver uses. */
const oldest = [6, 2] as const

export async function infoOf(connection: RedisConnection, master: RedisNode, call: Call): Promise<ServerInfo> {
  const values = await section(connection, master, call, 'server')
  return {
    version: values.get('redis_version') ?? '',
    product: [values.get('server_name') ?? 'redis', values.get('valkey_version') ?? ''].join(' ').trim(),
    mode: values.get('redis_mode') ?? values.get('server_mode') ?? '',
  }
}

export async function memoryOf(connection: RedisConnection, master: RedisNode, call: Call): Promise<MemoryInfo> {
  const values = await section(connection, master, call, 'memory')
  return {
    usedMemory: Number(values.get('used_memory') ?? 0),
    maxMemory: Number(values.get('maxmemory') ?? 0),
    evictionPolicy: values.get('maxmemory_policy') ?? '',
  }
}

/** What of the records a stop of the server would lose. */
export async function persistenceOf(
  connection: RedisConnection,
  master: RedisNode,
  call: Call,
): Promise<{ readonly appendOnly: boolean; readonly lastSnapshot: string }> {
  const values = await section(connection, master, call, 'persistence')
  const seconds = Number(values.get('rdb_last_save_time') ?? 0)
  return {
    appendOnly: values.get('aof_enabled') === '1',
    lastSnapshot: seconds > 0 ? new Date(seconds * 1000).toISOString() : 'unknown',
  }
}

async function section(
  connection: RedisConnection,
  master: RedisNode,
  call: Call,
  name: string,
): Promise<Map<string, string>> {
  const text = await connection.commandTo<Buffer>(master, call, 'info', name)
  return new Map([...String(text).matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, key = '', value = '']) => [key, value]))
}

export function isTooOld({ version }: ServerInfo): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1])
}

/** A warning if the eviction policy could lose sessions. */
export function evictionWarning({ evictionPolicy, maxMemory }: MemoryInfo): string[] {
  if (evictionPolicy === 'noeviction') return []
  const when = maxMemory > 0 ? 'when it reaches maxmemory' : 'once maxmemory is set'
  return [
    `maxmemory-policy is ${evictionPolicy}: Redis removes sessions ${when}, without their end. Set it to noeviction.`,
  ]
}
