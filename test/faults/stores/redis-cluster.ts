import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { redisCli } from '../../support/redis-server.js'
import { oneOf } from '../random.js'
import { eventually, type Replicated, serverAt } from '../topology.js'
import { RedisProcess } from './redis-process.js'
import { redisRegister, replicating, roleOf } from './redis-replication.js'

/** A server that takes writes for a range of slots. */
interface Master {
  readonly port: number
  readonly from: number
  readonly to: number
}

const masterCount = 3

/** Three masters, each with a replica. */
export async function clusteredRedis(): Promise<Replicated> {
  const settings = { ...replicating, 'cluster-enabled': 'yes', 'cluster-node-timeout': '1000' }
  const servers = await Promise.all(Array.from({ length: 2 * masterCount }, () => RedisProcess.start(settings)))
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`)
  const create = ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes']
  await promisify(execFile)('redis-cli', create)
  return {
    servers,
    cache: () => ({ driver: 'redis', storage: true, cluster: addresses }),
    async victim(random) {
      const { port, from, to } = oneOf(await eventually(() => mastersInStep(servers)), random)
      const others = servers.filter((it) => it.port !== port)
      const successor = () =>
        eventually(async () => {
          const heir = (await mastersOf(others)).find((it) => it.from === from)
          return heir && heir.port !== port && serverAt(servers, heir.port)
        })
      const key = await keyBetween(port, from, to)
      const master = serverAt(servers, port)
      return {
        master,
        successor,
        register: (server) => redisRegister(server, key),
        revive: () => master.start(),
      }
    },
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  }
}

/** undefined as long as not all of them have replicas that are in step. */
async function mastersInStep(servers: readonly RedisProcess[]): Promise<Master[] | undefined> {
  const states = await Promise.all(servers.map(({ port }) => redisCli(port, 'cluster', 'info')))
  const roles = await Promise.all(servers.map(roleOf))
  const isWhole = states.every((state) => state.includes('cluster_state:ok'))
  const replicas = roles.filter((role) => role === 'replica').length
  const masters = await mastersOf(servers)
  return isWhole && replicas === masterCount && masters.length === masterCount ? masters : undefined
}

/** As the first of these servers knows them; those that have failed are left out. */
async function mastersOf([first]: readonly RedisProcess[]): Promise<Master[]> {
  const nodes = await redisCli(first?.port ?? 0, 'cluster', 'nodes')
  return nodes.split('\n').flatMap((line) => {
    const [, address = '', flags = '', , , , , , slots] = line.split(' ')
    const [from, to] = slots?.split('-').map(Number) ?? []
    const isMaster = flags.includes('master') && !flags.includes('fail')
    return isMaster && from !== undefined ? [{ port: Number(/:(\d+)@/.exec(address)?.[1]), from, to: to ?? from }] : []
  })
}

async function keyBetween(port: number, from: number, to: number): Promise<string> {
  for (let n = 0; ; n += 1) {
    const key = `canary-${n}`
    const slot = Number(await redisCli(port, 'cluster', 'keyslot', key))
    if (slot >= from && slot <= to) return key
  }
}
