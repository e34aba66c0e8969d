import type { RedisNode } from './client.js'
import type { RedisConnection } from './connection.js'

/** What a server says about itself, as far as we look. */
export interface ServerInfo {
  readonly version: string
  readonly product: string
  readonly mode: string
  readonly usedMemory: number
  /** 0: no limit. */
  readonly maxMemory: number
  readonly evictionPolicy: string
}

/** The oldest version whose commands we use. */
const oldest = [6, 2] as const

export async function infoOf(connection: RedisConnection, master: RedisNode, operation: string): Promise<ServerInfo> {
  const ask = (section: string) => connection.commandTo<Buffer>(master, { operation }, 'info', section)
  const sections = await Promise.all([ask('server'), ask('memory')])
  const entries = sections.flatMap((section) => [...String(section).matchAll(/^(\w+):(.*?)\r?$/gm)])
  const values = new Map(entries.map(([, name = '', value = '']) => [name, value]))
  return {
    version: values.get('redis_version') ?? '',
    product: [values.get('server_name') ?? 'redis', values.get('valkey_version') ?? ''].join(' ').trim(),
    mode: values.get('redis_mode') ?? '',
    usedMemory: Number(values.get('used_memory') ?? 0),
    maxMemory: Number(values.get('maxmemory') ?? 0),
    evictionPolicy: values.get('maxmemory_policy') ?? '',
  }
}

export function isTooOld({ version }: ServerInfo): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1])
}

/** What could lose sessions. */
export function warningsOf({ evictionPolicy, maxMemory }: ServerInfo): string[] {
  if (evictionPolicy === 'noeviction') return []
  const when = maxMemory > 0 ? 'when it reaches maxmemory' : 'once maxmemory is set'
  return [
    `maxmemory-policy is ${evictionPolicy}: Redis removes sessions ${when}, without their end. Set it to noeviction.`,
  ]
}
