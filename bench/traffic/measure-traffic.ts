import { setTimeout as pause } from 'node:timers/promises'
import type { Contestant, StorageName } from '../contestants.js'
import { Participant } from '../measure/participant.js'
import { type Storage, startStorage } from '../measure/storage.js'
import type { Selection } from '../selection.js'
import type { Workload } from '../workloads.js'
import { CommandCount } from './command-count.js'
import { type CommandCounter, CountingProxy, type Traffic } from './counting-proxy.js'
import { hazelcastHeads, mariadbHeads, mongodbHeads, PacketCount, postgresHeads } from './packet-count.js'

const counters: Readonly<Partial<Record<StorageName, () => CommandCounter>>> = {
  redis: () => new CommandCount(),
  postgres: () => new PacketCount(postgresHeads()),
  mariadb: () => new PacketCount(mariadbHeads()),
  hazelcast: () => new PacketCount(hazelcastHeads()),
  mongodb: () => new PacketCount(mongodbHeads()),
}

const visitors = 10
const requestsPerPass = 20
/** The pass with the fewest bytes counts, and for the log of the server likewise, since background work of a contestant falls into the others. */
const passes = 6
/** After this time without traffic, backups behind the response have arrived too. */
const quietMs = 20

/** The traffic of one request of a workload; undefined for contestants without a server. */
export type TrafficOf = (contestant: Contestant, workload: Workload) => Traffic | undefined

/** Needs its own run, since the proxy takes CPU. */
export async function measureAllTraffic({ contestants, workloads }: Selection): Promise<TrafficOf> {
  const all = new Map<Contestant, ReadonlyMap<Workload, Traffic>>()
  for (const contestant of contestants) {
    const newCounter = counters[contestant.storage]
    if (!newCounter) continue
    const own = workloads.filter((workload) => workload.atOnce === undefined && workload.for(contestant))
    all.set(contestant, await trafficOf(contestant, own, newCounter))
    console.error(`${contestant.name}: commands and bytes are counted`)
  }
  return (contestant, workload) => all.get(contestant)?.get(workload)
}

async function trafficOf(
  contestant: Contestant,
  workloads: readonly Workload[],
  newCounter: () => CommandCounter,
): Promise<ReadonlyMap<Workload, Traffic>> {
  const storage = await startStorage(contestant.storage)
  const proxy = await CountingProxy.start(storage.address, newCounter)
  const watched = { address: proxy.url, stop: () => storage.stop() }
  const participant = await Participant.start(contestant, watched, { nodes: 2, connections: 1 })
  try {
    await participant.fill(workloads, visitors)
    await quiet(proxy)
    const result = new Map<Workload, Traffic>()
    for (const workload of workloads) result.set(workload, await leastOf(participant, workload, { proxy, storage }))
    return result
  } finally {
    await participant.stop()
    proxy.stop()
  }
}

interface Watched {
  readonly proxy: CountingProxy
  readonly storage: Storage
}

async function leastOf(participant: Participant, workload: Workload, watched: Watched): Promise<Traffic> {
  const { proxy } = watched
  // Bytes that are sent only once, such as the source of a script, are not counted.
  await participant.rush(workload, requestsPerPass)
  await quiet(proxy)
  const all: Traffic[] = []
  for (let i = 0; i < passes; i += 1) {
    const before = await soFar(watched)
    await participant.rush(workload, requestsPerPass)
    await quiet(proxy)
    all.push(perRequest(before, await soFar(watched)))
  }
  const least = all.reduce((least, one) => (one.sent < least.sent ? one : least))
  const logged = all.flatMap((one) => one.logged ?? [])
  return logged.length > 0 ? { ...least, logged: Math.min(...logged) } : least
}

async function soFar({ proxy, storage }: Watched): Promise<Traffic> {
  const logged = await storage.logged?.()
  return { ...proxy.traffic, ...(logged !== undefined && { logged }) }
}

async function quiet(proxy: CountingProxy): Promise<void> {
  let bytes: number
  do {
    bytes = proxy.traffic.sent + proxy.traffic.received
    await pause(quietMs)
  } while (proxy.traffic.sent + proxy.traffic.received > bytes)
}

const perRequest = (before: Traffic, after: Traffic): Traffic => ({
  commands: (after.commands - before.commands) / requestsPerPass,
  sent: (after.sent - before.sent) / requestsPerPass,
  received: (after.received - before.received) / requestsPerPass,
  ...(before.logged !== undefined &&
    after.logged !== undefined && { logged: (after.logged - before.logged) / requestsPerPass }),
})
