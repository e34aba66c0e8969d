import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../../examples/two-nodes/free-port.js'
import { startHazelcast } from '../../support/hazelcast-members.js'
import { commonFaults, type Fault, strikeMs } from '../faults.js'
import { oneOf } from '../random.js'
import type { Store } from '../store.js'
import { eventually, type Topology } from '../topology.js'
import { HazelcastProcess } from './hazelcast-process.js'

interface Members extends Topology {
  readonly servers: readonly HazelcastProcess[]
}

async function membersOf(options: Parameters<typeof startHazelcast>[0]): Promise<Members> {
  const cluster = await startHazelcast(options)
  const { name, addresses } = cluster
  return {
    servers: addresses.map((_, place) => new HazelcastProcess(cluster, place)),
    cache: (port) => ({
      driver: 'hazelcast',
      storage: true,
      clusterName: name,
      members: port === undefined ? [...addresses] : [`127.0.0.1:${port}`],
    }),
    stop: cluster.stop,
  }
}

/** One that tells nodes an address where nothing is, so that they reach it only by the address that they were given. */
async function singleHazelcast(): Promise<Members> {
  return membersOf({ network: `<public-address>127.0.0.1:${await freePort()}</public-address>` })
}

const threeMembers = () => membersOf({ members: 3 })
const twoMembers = () => membersOf({ members: 2 })
const twoMembersAndOneMore = () => membersOf({ members: 2, later: 1 })

/** Resolves when every session has its backup. */
const safe = (servers: readonly HazelcastProcess[]) =>
  eventually(() => servers.find(({ isRunning }) => isRunning)?.isSafe() ?? Promise.resolve(false))

/** Another member takes over within about a second; the one that is killed comes back when the visitors have left. */
const loss = (title: string, start: () => Promise<Members>): Fault<Members> => ({
  title,
  spared: [],
  start,
  async strike({ store: { servers } }, random) {
    await pause(random() * 200)
    await oneOf(servers, random).kill()
    await pause(strikeMs)
    return { at: performance.now() }
  },
  async mend({ store: { servers } }) {
    for (const server of servers) if (!server.isRunning) await server.start()
    await safe(servers)
  },
})

const joinAndLoss: Fault<Members> = {
  title: 'two members: a third joins, gets its part, and is killed (SIGKILL)',
  spared: [],
  start: twoMembersAndOneMore,
  async strike({ store: { servers } }) {
    const third = servers[2]
    await third?.start()
    await safe(servers)
    await third?.kill()
    await pause(strikeMs)
    return { at: performance.now() }
  },
  mend: ({ store: { servers } }) => safe(servers).then(() => {}),
}

/** A single member has no disk: killed and started again, it would have lost everything. */
const { kill: _, ...onSingle } = commonFaults(singleHazelcast, 'the member', ['records'])

export const hazelcast: Store = {
  title: 'Hazelcast',
  runs: 2,
  faults: {
    ...onSingle,
    'member-of-three': loss('one of three members is killed (SIGKILL)', threeMembers),
    'member-of-two': loss('one of two members is killed (SIGKILL)', twoMembers),
    'member-joins': joinAndLoss,
  },
  remarks: `Maps have one backup, Hazelcast's default. The member that is killed comes back, empty, after the visitors have left; only where a
third one joins does it join among them.

### What Hazelcast itself can lose

A write is acknowledged when its backup has it, so nothing acknowledged is lost with one member. If a second one is lost before new
backups were made, their common part of the sessions is lost; if all are lost, everything is. See
[the driver's page](drivers/hazelcast.md#what-can-be-lost).`,
}
